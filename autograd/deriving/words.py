"""The words of a derivation: its titles, headers and sentences."""

TITLE = "The derivation of {output}"
FORWARD, BACKWARD, GRADIENT = "Forward pass", "Backward pass", "The gradient"
PATHS, RESULT = "Each input's gradient: the sum over its paths", "The result"
AT, THEN = "at ", ", "

STEPS = ("step", "is", "value")
EDGES = ("from", "to", "rule", "local derivative", "upstream × local = contribution")
PATH, SHARE = ("path", "as formulas", "as numbers"), "share"
RESULTS = ("", "simplified", "here", "numerically", "check")

INDEPENDENT = " because {output} does not depend on it."
ONE_PATH = " because one path leads from {output} to {input}:"
SOME_PATHS = " because {count} paths lead from {output} to {input}:"
MANY_PATHS = " because {count} paths lead from {output} to {input}, of which these matter most:"
LARGEST = "(These are the {shown} largest of {count} partial derivatives.)"
MORE_STEPS = "({count} more steps are not shown.)"
FACTORS = "{count} factors"
TOO_LONG, NONE, NOUGHT = "(too long to be read)", "none", "0, to rounding"
