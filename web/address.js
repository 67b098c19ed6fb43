// The task in the address: #exercise=2, #exercise=2&seed=Ada, or #function=(x+y)/z&at=x=3,y=2,z=1.
// A plus stays a plus, so that a formula can be typed there by hand.

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const encoded = (text) => encodeURIComponent(text).replace(/%(2B|2C|2F|3D|5E)/g, decodeURIComponent);

export function taskOf(hash) {
  const found = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [, key, text] = part.match(/^(\w+)=(.*)$/s) ?? [];
    if (key) found[key] = decoded(text);
  }
  if (found.exercise) return { exercise: found.exercise, ...(found.seed ? { seed: found.seed } : {}) };
  if (found.function === undefined) return null;
  const at = {};
  for (const pair of (found.at ?? "").split(/,(?=[^,=]+=)/)) { // 0,5 may be a number
    const [, name, value] = pair.match(/^\s*([^=]+?)\s*=(.*)$/s) ?? [];
    if (name) at[name] = value.trim();
  }
  return { function: found.function, at };
}

export function hashOf(task) {
  if (task.exercise) return `#exercise=${encoded(task.exercise)}${task.seed ? `&seed=${encoded(task.seed)}` : ""}`;
  const at = Object.entries(task.at).map(([name, value]) => `${name}=${value}`).join(",");
  return `#function=${encoded(task.function)}${at ? `&at=${encoded(at)}` : ""}`;
}
