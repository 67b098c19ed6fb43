"""Optimizers, with torch's names and update rules, and gradient clipping.

An optimizer is its rule, ``update``: a pure function of a parameter, its gradient and its state that works
elementwise, on numbers and on NumPy's and JAX's arrays alike. ``step`` applies it to Values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any, Self

from autograd import RangeError, Value, subtract
from autograd.interrupts import surely
from nn.modules import Module, finite, shown
from nn.schedules import Schedule, constant

State = tuple[Any, ...]
"""What an optimizer keeps of a parameter: a number, or an array, for each of its slots."""


class Optimizer:
    """The base of optimizers; a subclass defines ``update``.

    ``parameters`` are Values, or a module that has them; ``lr`` is the learning rate, a number or a function
    of the number of steps taken so far; ``weight_decay`` λ adds λ·parameter to the gradient. What the rule keeps of a
    parameter is a tuple of ``slots`` numbers, all 0 at first. Raises ValueError where there are no parameters or a
    setting is out of range, TypeError for a parameter that is no Value.

    >>> class SignDescent(Optimizer):
    ...     def update(self, parameter, gradient, state, lr, steps):
    ...         return parameter - lr * (2.0 * (gradient > 0.0) - 1.0), state
    >>> w = Value(3.0)
    >>> (w * w).backward()
    >>> SignDescent([w], lr=0.5).step()
    >>> w.data
    2.5
    """

    def __init__(
        self, parameters: Iterable[Value] | Module, lr: float | Schedule, weight_decay: float = 0.0, slots: int = 0
    ) -> None:
        self.parameters = _listed(parameters)
        if not self.parameters:
            raise ValueError("there are no parameters to optimize")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"an optimizer takes Values, not {type(parameter).__name__}")
        self.slots = slots
        self.lr = lr if callable(lr) else constant(_checked("lr", lr))
        self.weight_decay = _checked("weight_decay", weight_decay)
        self.steps = 0
        self.state: list[State] = [(0.0,) * slots for _ in self.parameters]

    def update(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        """The rule: the new parameter and its new state, after ``steps`` steps before this one."""
        raise NotImplementedError

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0; ValueError where the schedule gives no finite number from 0."""
        rate = self.lr(step)
        if type(rate) is float and 0.0 <= rate < math.inf:  # as a rule, and at every step
            return rate
        return _checked(f"the learning rate of step {step}", rate)

    def step(self) -> None:
        """Update every parameter by its ``grad``.

        Raises RangeError, and changes nothing, where a parameter or its state would not be finite. An interrupt finds
        every parameter updated, or none.
        """
        lr, steps = self.rate(self.steps), self.steps + 1
        before = zip(self.parameters, self.state, strict=True)
        try:
            after = [self.update(parameter.data, parameter.grad, state, lr, self.steps) for parameter, state in before]
        except ArithmeticError:
            raise self._failed(lr) from None
        if not _all_finite(after):
            raise self._failed(lr)

        def store() -> None:
            for parameter, (new, _) in zip(self.parameters, after, strict=True):
                parameter.data = new
            self.state, self.steps = [state for _, state in after], steps

        surely(store)

    def _failed(self, lr: float) -> RangeError:
        """What is wrong with the first parameter that has no update."""
        for value, state in zip(self.parameters, self.state, strict=True):
            parameter, gradient = value.data, value.grad
            try:
                new, kept = self.update(parameter, gradient, state, lr, self.steps)
            except ArithmeticError as error:
                found = f"a parameter from {parameter} to no number ({error})"
                break
            if not math.isfinite(new):
                found = f"a parameter from {parameter} to {new}"
                break
            if not all(map(math.isfinite, kept)):
                found = f"what it keeps of a parameter from {state} to {kept}"
                break
        return RangeError(
            f"the update takes {found}, with gradient {gradient} and learning rate {lr}: try a lower learning rate",
            subtract,
            (parameter, lr * gradient),
        )

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def check_finite(self) -> None:
        """Raise ValueError where the state of a parameter is infinite or NaN."""
        for slots in self.state:
            for number in slots:
                finite(f"the state that this {type(self).__name__} keeps of a parameter", number)

    def state_dict(self) -> dict[str, Any]:
        """What has accumulated over the steps, as JSON can hold it; not the settings."""
        return {"optimizer": type(self).__name__, "steps": self.steps, "state": [list(slots) for slots in self.state]}

    def load_state_dict(self, saved: dict[str, Any]) -> Self:
        """Continue from what ``state_dict`` gave; return the optimizer.

        Raises ValueError, and changes nothing, where it is the state of another kind of optimizer, or of other
        parameters.
        """
        if not isinstance(saved, dict) or {"optimizer", "steps", "state"} - saved.keys():
            raise ValueError("the state of an optimizer has the entries optimizer, steps and state")
        if saved["optimizer"] != type(self).__name__:
            raise ValueError(f"the state is of the optimizer {shown(saved['optimizer'])}, not '{type(self).__name__}'")
        steps, rows = saved["steps"], saved["state"]
        if type(steps) is not int or steps < 0:
            raise ValueError(f"the steps of an optimizer are a whole number from 0, not {shown(steps)}")
        if not isinstance(rows, list) or not all(isinstance(slots, list) for slots in rows):
            raise ValueError(f"the state of an optimizer is a list of lists, one for each parameter, not {shown(rows)}")
        if [len(slots) for slots in rows] != [self.slots] * len(self.parameters):
            raise ValueError("the state is of an optimizer of other parameters")
        state = [tuple(finite("the state of a parameter", number) for number in slots) for slots in rows]
        self.state, self.steps = state, steps
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__} of {len(self.parameters)} parameters, {self.steps} steps taken"


class SGD(Optimizer):
    """Gradient descent, with momentum and Nesterov's momentum, as torch's SGD (without dampening).

    The velocity v is ``momentum``·v + gradient; the step is lr·v, or with ``nesterov`` lr·(gradient + momentum·v), as
    in Sutskever et al. (2013), proceedings.mlr.press/v28/sutskever13. ``parameters``, ``lr``, ``weight_decay`` and the
    errors are those of ``Optimizer``; ``nesterov`` without momentum is a ValueError, too.

    >>> w = Value(3.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 12)
    2.4
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float | Schedule = 0.01,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, slots=1 if momentum else 0)
        if nesterov and not momentum:
            raise ValueError("Nesterov's momentum needs a momentum above 0")
        self.momentum = _checked("momentum", momentum)
        self.nesterov = nesterov

    def update(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        """The rule."""
        gradient = _decayed(gradient, parameter, self.weight_decay)
        if not state:
            return parameter - lr * gradient, state
        velocity = self.momentum * state[0] + gradient
        step = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameter - lr * step, (velocity,)


class RMSprop(Optimizer):
    """Gradients over the root of their running mean square; Hinton's lecture 6e (2012), as torch's RMSprop.

    The mean square s is ``alpha``·s + (1 - alpha)·gradient², the step lr·gradient/(√s + ``eps``). ``parameters``,
    ``lr``, ``weight_decay`` and the errors are those of ``Optimizer``.

    >>> w = Value(3.0)
    >>> optimizer = RMSprop([w], lr=0.1, alpha=0.99)
    >>> (w * w).backward()
    >>> optimizer.step()  # the first step is lr/√(1 - alpha), whatever the gradient
    >>> round(w.data, 6)
    2.0
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float | Schedule = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, slots=1)
        self.alpha = _checked("alpha", alpha, below=1.0)
        self.eps = _checked("eps", eps)

    def update(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        """The rule."""
        gradient = _decayed(gradient, parameter, self.weight_decay)
        square = self.alpha * state[0] + (1.0 - self.alpha) * (gradient * gradient)
        return parameter - lr * gradient / (square**0.5 + self.eps), (square,)


class Adam(Optimizer):
    """Running means of gradients and of their squares, corrected for their start at 0.

    ``betas`` are how much of the mean m and of the mean square s a step keeps. After t steps the parameter moves by
    lr·m/(1 - β₁ᵗ) over √(s/(1 - β₂ᵗ)) + ``eps``: Kingma and Ba (2015), arXiv:1412.6980. ``parameters``, ``lr``,
    ``weight_decay`` and the errors are those of ``Optimizer``; betas that are not two numbers from 0 to below 1 are a
    ValueError, too.

    >>> w = Value(3.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()  # the first step is lr, whatever the gradient
    >>> round(w.data, 6)
    2.9
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, slots=2)
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ValueError(f"betas are two numbers, of the mean and of the mean square, not {betas!r}")
        self.betas = tuple(_checked("beta", beta, below=1.0) for beta in betas)
        self.eps = _checked("eps", eps)

    def update(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        """The rule."""
        return self._moved(parameter, _decayed(gradient, parameter, self.weight_decay), state, lr, steps)

    def _moved(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        first, second = self.betas
        mean = first * state[0] + (1.0 - first) * gradient
        square = second * state[1] + (1.0 - second) * (gradient * gradient)
        unbiased_mean = mean / (1.0 - first ** (steps + 1))
        unbiased_square = square / (1.0 - second ** (steps + 1))
        return parameter - lr * unbiased_mean / (unbiased_square**0.5 + self.eps), (mean, square)


class AdamW(Adam):
    """Adam, with ``weight_decay`` λ apart from the gradient: each step first takes lr·λ of the parameter off it.

    Loshchilov and Hutter (2019), arXiv:1711.05101. ``parameters``, ``lr``, ``betas``, ``eps`` and the errors are those
    of ``Adam``.

    >>> w = Value(3.0)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
    >>> optimizer.step()  # without a gradient only the decay is left
    >>> round(w.data, 6)
    2.85
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, parameter: Any, gradient: Any, state: State, lr: Any, steps: Any) -> tuple[Any, State]:
        """The rule."""
        return self._moved(parameter * (1.0 - lr * self.weight_decay), gradient, state, lr, steps)


def clip_grad_norm(parameters: Iterable[Value] | Module, max_norm: float) -> float:
    """Scale the gradients of ``parameters`` so that their norm √Σg² is at most ``max_norm``.

    Returns the norm before. As in torch's clip_grad_norm_, the factor is max_norm/(norm + 1e-6), or 1 if that is less.
    ValueError unless max_norm is 0 or more.

    >>> w = Value(0.0)
    >>> w.grad = 10.0
    >>> clip_grad_norm([w], 1.0), round(w.grad, 6)
    (10.0, 1.0)
    """
    parameters, max_norm = _listed(parameters), _checked("max_norm", max_norm)
    norm = math.hypot(*(parameter.grad for parameter in parameters))
    scale = min(1.0, max_norm / (norm + 1e-6))
    for parameter in parameters:
        parameter.grad *= scale
    return norm


def _listed(parameters: Iterable[Value] | Module) -> list[Value]:
    if isinstance(parameters, Module):
        return parameters.parameters()
    if not isinstance(parameters, Iterable):
        raise TypeError(f"parameters are Values or a module that has them, not {type(parameters).__name__}")
    return list(parameters)


def _all_finite(updated: list[tuple[float, State]]) -> bool:
    nothing = 0.0
    for new, state in updated:
        nothing += new - new  # NaN if it is infinite or NaN
        for number in state:
            nothing += number - number
    return nothing == 0.0


def _decayed(gradient: Any, parameter: Any, weight_decay: float) -> Any:
    return gradient + weight_decay * parameter if weight_decay else gradient


def _checked(name: str, number: Any, below: float = math.inf) -> float:
    if not isinstance(number, Real) or isinstance(number, bool) or not 0.0 <= float(number) < below:
        limits = "0 or more" if below == math.inf else f"from 0 to below {below}"
        raise ValueError(f"{name} is a number {limits}, not {number!r}")
    return float(number)
