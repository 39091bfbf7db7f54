"""PyTorch as an implementation: the other side of protocol.ts, for any Python 3.9 with torch 1.13 or newer.

A layer of torch.nn on the CPU, used as its users do:

- step: zero_grad, layer(x) in training, backward(dy) to x.grad, weight.grad and bias.grad
- train: layer(x) in training under torch.no_grad, as nothing is kept for a backward pass
- backward: backward(dy) alone, of a forward pass that keeps its graph
- infer: layer(x) in evaluation under torch.inference_mode

ReLU is torch.relu on the result. Channels-last tensors are torch.channels_last ones, or torch.channels_last_3d.
"""

import ctypes
import json
import os
import sys
import time

# what libraries print must not be taken for an answer
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

torch = None  # imported once the number of threads is known: it makes its pools then

SAMPLES_PER_TURN = 8  # at most about so many: of shorter runs, a sample is the mean of several


class Unsupported(Exception):
    """PyTorch has no such thing; the message says what it lacks."""


class Task:
    """One operation on tensors that are in place."""

    def __init__(self, request):
        shape, dtype = request["shape"], getattr(torch, request["dtype"])
        self.operation = request["operation"]
        self.relu = request["activation"] == "relu"
        self.to_logical, self.to_memory = axes_of(len(shape), request["layout"])
        tensors = {name: read_tensor(path, dtype) for name, path in request["inputs"].items()}
        self.layer = layer_of(len(shape), len(tensors["weight"]), request, dtype)
        state = {name: values for name, values in tensors.items() if name not in ("x", "dy")}
        self.layer.load_state_dict({**state, "num_batches_tracked": torch.tensor(0)})
        self.layer.train(self.operation != "infer")
        self.x = self.logical(tensors["x"].view(shape))
        self.dy = self.logical(tensors["dy"].view(shape))
        self.differentiates = self.operation in ("step", "backward")
        self.x.requires_grad_(self.differentiates)
        self.done = self.forward() if self.operation == "backward" else None

    def mode(self):
        """What a user has around the loop."""
        if self.operation == "infer":
            return torch.inference_mode()
        return torch.enable_grad() if self.differentiates else torch.no_grad()

    def run(self):
        """Does it once; the results are gone when the caller drops them, but for the gradients of parameters."""
        if self.operation == "backward":
            return self.backward(self.done, retain_graph=True)
        y = self.forward()
        return {"y": y, **(self.backward(y) if self.differentiates else {})}

    def forward(self):
        y = self.layer(self.x)
        return torch.relu(y) if self.relu else y

    def backward(self, y, retain_graph=False):
        self.layer.zero_grad(set_to_none=True)
        y.backward(self.dy, retain_graph=retain_graph)
        dx, self.x.grad = self.x.grad, None
        return {"dx": dx, "dweight": self.layer.weight.grad, "dbias": self.layer.bias.grad}

    def moved(self):
        """The running statistics, where a run moves them."""
        if self.operation not in ("step", "train"):
            return {}
        return {"running_mean": self.layer.running_mean, "running_var": self.layer.running_var}

    def logical(self, tensor):
        """A view of the shape (N, C, ...) on memory in the workload's layout: no copy."""
        view = tensor.permute(self.to_logical)
        wanted = torch.contiguous_format
        if self.to_logical != self.to_memory:
            wanted = torch.channels_last if tensor.dim() == 4 else torch.channels_last_3d
        if not view.is_contiguous(memory_format=wanted):
            raise RuntimeError("a tensor is not in the memory format %s" % wanted)
        return view

    def in_memory_order(self, tensor):
        """The same values as a contiguous tensor of the workload's shape."""
        return tensor.permute(self.to_memory).contiguous() if tensor.dim() > 1 else tensor.contiguous()


def axes_of(rank, layout):
    """The axes that make (N, C, ...) of the workload's shape, and those that make it back."""
    axes = list(range(rank))
    if rank == 2 or layout == "channels-first":
        return axes, axes
    return [0, rank - 1] + axes[1:-1], [0] + axes[2:] + [1]


def layer_of(rank, channels, request, dtype):
    layers = {2: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d, 5: torch.nn.BatchNorm3d}
    if rank not in layers:
        raise Unsupported("no layer takes a shape of %d dimensions" % rank)
    return layers[rank](channels, eps=request["eps"], momentum=request["momentum"], dtype=dtype)


def read_tensor(path, dtype):
    with open(path, "rb") as file:
        # a clone is aligned as PyTorch's own tensors are
        return torch.frombuffer(bytearray(file.read()), dtype=dtype).clone()


def write_tensor(path, tensor):
    size = tensor.numel() * tensor.element_size()
    with open(path, "wb") as file:
        file.write((ctypes.c_char * size).from_address(tensor.data_ptr()))


def milliseconds_since(start):
    return (time.perf_counter() - start) * 1e3


def samples_of(run, milliseconds):
    """Milliseconds per run, for about so long, at least one; results are dropped inside the time, as in a loop."""
    start = time.perf_counter()
    run()  # the first of a turn finds caches and threads cold
    once = milliseconds_since(start)
    if once >= milliseconds:
        return [once]
    runs = runs_per_sample(run, milliseconds / SAMPLES_PER_TURN)
    samples = []
    while True:
        begin = time.perf_counter()
        for _ in range(runs):
            run()
        samples.append(milliseconds_since(begin) / runs)
        if milliseconds_since(start) >= milliseconds:
            return samples


def runs_per_sample(run, milliseconds):
    """How many runs take about so many milliseconds; runs until that is known."""
    runs = 1
    while True:
        start = time.perf_counter()
        for _ in range(runs):
            run()
        elapsed = milliseconds_since(start)
        if elapsed >= milliseconds / 4:
            return max(1, round(milliseconds * runs / elapsed))
        runs *= 2


def check_cores(threads):
    if not hasattr(os, "sched_getaffinity"):
        return
    cores = len(os.sched_getaffinity(0))
    if cores < threads:
        raise Unsupported("%d threads were asked for, and there are %d cores" % (threads, cores))


def load_the_rest():
    """PyTorch loads half a second's worth on the first backward pass: no task's first run is to pay for it."""
    layer = torch.nn.BatchNorm1d(1)
    layer(torch.tensor([[1.0], [2.0]], requires_grad=True)).backward(torch.ones(2, 1))


class Implementation:
    """Answers to what is asked, by `do`."""

    def __init__(self):
        self.task = None

    def hello(self, request):
        global torch
        check_cores(request["threads"])
        import torch

        torch.set_num_threads(request["threads"])
        torch.set_num_interop_threads(1)
        load_the_rest()
        return {"version": str(torch.__version__), "threads": torch.get_num_threads()}

    def prepare(self, request):
        if request["outputs"] != "fresh":
            raise Unsupported("eager PyTorch makes a new tensor for every result; see the variant whose malloc retains memory")
        self.task = Task(request)
        return {}

    def first(self, request):
        task = self.ready()
        with task.mode():
            start = time.perf_counter()
            results = task.run()
            milliseconds = milliseconds_since(start)
        results.update(task.moved())
        for name, tensor in results.items():
            write_tensor(os.path.join(request["folder"], name), task.in_memory_order(tensor.detach()))
        return {"milliseconds": milliseconds, "results": list(results)}

    def time(self, request):
        task = self.ready()
        with task.mode():
            return {"samples": [float("%.4g" % sample) for sample in samples_of(task.run, request["milliseconds"])]}

    def release(self, _):
        self.task = None
        return {}

    def ready(self):
        if self.task is None:
            raise RuntimeError("nothing is prepared")
        return self.task


def main():
    implementation = Implementation()
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"id": request["id"]}
        try:
            answer["ok"] = getattr(implementation, request["do"])(request)
        except Unsupported as reason:
            answer["unsupported"] = str(reason)
        except Exception as error:
            answer["error"] = "%s: %s" % (type(error).__name__, error)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
