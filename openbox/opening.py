"""``capture``: the one line that opens a user's own module."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from openbox.errors import CaptureError, InputError, named, shown
from openbox.module.lock import tracing
from openbox.module.original import Original
from openbox.module.outputs import OutputKey
from openbox.network import PiecewiseLinearNetwork
from openbox.sequences import SequenceNetwork
from openbox.serialization.captures import load_template
from openbox.shapes import DTYPES
from openbox.tracing.cache import Cache
from openbox.tracing.template import UNFIT, Template, free_axes

_traced = Cache()


def capture(model: nn.Module, example: Tensor, output: OutputKey = None) -> PiecewiseLinearNetwork:
    """Trace an unmodified module once and check that every operation is affine or a known gate.

    ``example``: a batch (B >= 1, *input_shape) on the module's device and in its dtype; its values do
    not matter. ``output`` chooses one of several outputs, by index, key or field, or by a path of them.
    The module is traced in the mode it is in and is not changed; call ``model.eval()`` first if it has
    dropout or batch normalisation. Takes seconds, once per model and input shape: later calls find the
    trace as long as no module, mode, setting or hook has changed. (What a forward reads from outside
    its modules, such as a global variable, is not watched.) A module with recurrent ReLU layers is traced
    with a free length, and what is returned is a ``SequenceNetwork``.

    Raises ``NotPiecewiseLinearError`` (which operation, where, what to do) or ``CaptureError``.
    Reference: Chu, Hu, Hu, Wang, Pei: Exact and consistent interpretation for piecewise linear neural
    networks (OpenBox), KDD 2018.
    """
    with named(f"openbox.capture({type(model).__name__})"):
        return _capture(model, example, output)


def _capture(model: nn.Module, example: Tensor, output: OutputKey) -> PiecewiseLinearNetwork:
    _check(model, example, output)
    key = (tuple(example.shape[1:]), example.dtype, example.device, output)
    template = _traced.find(model, key)
    if template is None:
        template = _of_another_length(model, example, output) or _open(model, example.detach(), output)
        _traced.keep(model, key, template)
    return _around(model, template)


def load_capture(
    path: str | Path, model: nn.Module, device: str | torch.device | None = None
) -> PiecewiseLinearNetwork:
    """The capture that ``net.save`` kept, of this module: what ``capture`` returns, without a trace.

    The file says nothing of the weights, which are those that ``model`` has. It is checked against the
    module's classes, modes, hooks, settings and shapes, then against the module itself, at random inputs.
    ``device``: None for that of the module's first parameter. Raises ``CaptureError`` for a file that is
    missing, damaged or does something else, ``StaleCaptureError`` for one of another structure.
    """
    with named(f"openbox.load_capture({str(path)!r}, {type(model).__name__})"):
        if not isinstance(model, nn.Module):
            raise InputError(f"the model is {shown(model)}; pass the torch.nn.Module that was captured")
        here = next((tensor.device for tensor in (*model.parameters(), *model.buffers())), "cpu")
        template = load_template(Path(path), model, torch.device(device or here))
        try:
            net = _around(model, template)
            agrees = net.agrees((1, -10, 100))
        except (*UNFIT, TypeError, AttributeError, KeyError) as error:
            raise CaptureError(f"what it holds does not run ({error}); capture again") from error
        if not agrees:
            raise CaptureError(f"it computes something else than this {type(model).__name__}; capture again")
        key = (template.example_shape, template.dtype, template.device, template.output)
        _traced.keep(model, key, template)
        return net


def _around(model: nn.Module, template: Template) -> PiecewiseLinearNetwork:
    module = Original(model, template.output, template.head)
    if template.free:
        return SequenceNetwork(module, template, template.device)
    return PiecewiseLinearNetwork(module, template.at(template.example_shape), template.device, template)


def _check(model: nn.Module, example: Tensor, output: OutputKey) -> None:
    if not isinstance(model, nn.Module):
        raise InputError(f"the model is {shown(model)}; pass a torch.nn.Module")
    for kind, inner in _WRAPPERS.items():
        if type(model).__name__ == kind:
            raise InputError(f"a wrapper around the network; pass {inner}")
    parts = output if isinstance(output, tuple) else (output,)
    if not all(isinstance(part, int | str | None) for part in parts):
        raise InputError(f"output is {shown(output)}; pass an index, a key or a tuple of them")
    if not isinstance(example, Tensor) or example.ndim < 2 or len(example) == 0:
        found = tuple(example.shape) if isinstance(example, Tensor) else type(example).__name__
        raise InputError(f"example is {found}, pass a batch (B >= 1, *input_shape)")
    if not example.is_floating_point():
        raise InputError(
            f"example is {example.dtype}; a network over integers (an embedding) is opened "
            "from its embedded sequence: wrap the module to take that"
        )
    if example.dtype not in DTYPES:
        raise InputError(
            f"example is {example.dtype}; exactness is defined for float32 and float64: "
            "pass model.float() and example.float()"
        )
    own = {tensor.dtype for tensor in (*model.parameters(), *model.buffers()) if tensor.is_floating_point()}
    if own == {torch.float64} and example.dtype != torch.float64:
        raise InputError(
            f"example is {example.dtype}, the module's numbers are float64; pass example.double()"
        )


_WRAPPERS = {
    "DataParallel": "its .module",
    "DistributedDataParallel": "its .module",
    "OptimizedModule": "the module that torch.compile was given (its ._orig_mod)",
    "RecursiveScriptModule": "the Python module that was scripted",
    "TopLevelTracedModule": "the Python module that was traced",
}


def _of_another_length(model: nn.Module, example: Tensor, output: OutputKey) -> Template | None:
    """A trace of the module on a sequence of another length, if it holds for this one."""
    shape = tuple(example.shape[1:])
    for known in _traced.all(model):
        made_for = known.dtype, known.device, known.output
        if made_for == (example.dtype, example.device, output) and known.fits(shape):
            template = replace(known, example_shape=shape)
            with suppress(CaptureError, InputError):
                SequenceNetwork(Original(model, output, known.head), template, example.device).at(shape)
                return template
    return None


def _open(model: nn.Module, example: Tensor, output: OutputKey) -> Template:
    from openbox.tracing.trace import trace  # torch.export is slow to import, and a kept capture needs none
    from openbox.tracing.translate import translate

    with tracing():
        traced = trace(model, example, output)
        program, folded, head = translate(traced)
    sizes, batch, dtype = program.output.shape, program.input.shape[0], program.output.dtype
    assert dtype is not None
    if not dtype.is_floating_point:
        raise CaptureError(f"the output is {dtype}, a decision; open the numbers that it is made of")
    if len(sizes) == 0 or sizes[0] != batch:
        raise CaptureError(
            f"the output has shape ({', '.join(map(str, sizes))}) for {batch} inputs, expected ({batch}, ...)"
        )
    shape = tuple(example.shape[1:])
    free = free_axes(program, shape, example.dtype, example.device)
    template = Template(program, folded, shape, free, example.dtype, example.device, output, head)
    template.at(template.example_shape)  # it says what is wrong with the module, if something is
    return template
