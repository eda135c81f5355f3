"""Steps of Bayes by Backprop in plain PyTorch, as the peers of ours: eager, and captured whole in a CUDA graph. Prints lines of step, peer and microseconds."""
import argparse
import math
import sys
import time

import torch
import torch.nn.functional as F


def sampled(p):
    return p[0] + F.softplus(p[1]) * torch.randn_like(p[0])


def divergence(p):
    scale = F.softplus(p[1])
    return (0.5 * (scale * scale + p[0] * p[0] - 1) - torch.log(scale)).sum()


def signs(like):
    return torch.randint_like(like, 0, 2) * 2 - 1


class Step:
    """A training step; index says which rows."""

    def __init__(self, x, y, shapes, device, captures, autocast=None):
        torch.manual_seed(2)
        self.x, self.y, self.rows, self.device, self.autocast = x, y, len(x), device, autocast
        self.parameters = []
        for shape in shapes:
            fan_in = math.prod(shape[1:]) if len(shape) == 4 else shape[0]
            mean = (torch.randn(shape, device=device) / math.sqrt(fan_in)).requires_grad_()
            self.parameters.append((mean, torch.full(shape, -4.0, device=device, requires_grad=True)))
        leaves = [t for p in self.parameters for t in p]
        self.optimizer = torch.optim.Adam(leaves, lr=1e-3, foreach=True, **({"capturable": True} if captures else {}))

    def run(self, index):
        x, y = self.x.index_select(0, index), self.y.index_select(0, index)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.autocast is not None):
            logits = self.logits(x)
        loss = F.cross_entropy(logits.float(), y) + sum(divergence(p) for p in self.parameters) / self.rows
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()


class Mlp(Step):
    def __init__(self, widths, rows, estimator, device, captures, autocast=None):
        shapes = [s for a, b in zip(widths, widths[1:]) for s in ((a, b), (b,))]
        super().__init__(torch.rand(rows, widths[0], device=device) - 0.5, torch.arange(rows, device=device) % widths[-1], shapes, device, captures, autocast)
        self.flipout = estimator == "flipout"

    def logits(self, x):
        p = self.parameters
        for i in range(0, len(p), 2):
            if i > 0:
                x = F.relu(x)
            if self.flipout:
                noise = F.softplus(p[i][1]) * torch.randn_like(p[i][0])
                out = x @ p[i][0]
                x = out + ((x * signs(x)) @ noise) * signs(out) + sampled(p[i + 1])
            else:
                x = torch.addmm(sampled(p[i + 1]), x, sampled(p[i]))
        return x


class Residual(Step):
    """Convolutions 3 x 3 with shortcuts around pairs of them, in stages; channels last."""

    def __init__(self, channels, pairs, stages, size, rows, device, captures, autocast=None):
        self.plan, shapes, before = [], [], 3
        for stage in range(stages):
            width = channels << stage
            shapes += [(width, before, 3, 3), (width,)]
            self.plan.append(("first", stage > 0))
            for _ in range(pairs):
                shapes += [(width, width, 3, 3), (width,)] * 2
                self.plan.append(("pair", False))
            before = width
        side = size >> (stages - 1)
        shapes += [(side * side * before, 10), (10,)]
        x = (torch.rand(rows, 3, size, size, device=device) - 0.5).contiguous(memory_format=torch.channels_last)
        super().__init__(x, torch.arange(rows, device=device) % 10, shapes, device, captures, autocast)

    def logits(self, x):
        weights = iter([sampled(p) for p in self.parameters])

        def convolve(h):
            w, b = next(weights), next(weights)
            return F.conv2d(h, w.contiguous(memory_format=torch.channels_last), b, padding=1)

        for kind, pools in self.plan:
            if kind == "first":
                x = F.relu(convolve(F.max_pool2d(x, 2) if pools else x))
            else:
                x = F.relu(0.5 * x + 0.5 * convolve(F.relu(convolve(x))))
        w, b = next(weights), next(weights)
        return torch.addmm(b, x.flatten(1), w)


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(call, device, budget):
    """The median over groups of calls of the time of one."""
    def group(count):
        wait(device)
        start = time.perf_counter()
        for _ in range(count):
            call()
        wait(device)
        return time.perf_counter() - start

    count = 1
    while group(count) < 0.02:
        count *= 2
    samples, start = [], time.perf_counter()
    while len(samples) < 5 or time.perf_counter() - start < budget:
        samples.append(group(count) / count)
    return sorted(samples)[len(samples) // 2]


def eager(step, batch):
    def call():
        step.run(torch.randperm(step.rows, device=step.device)[:batch])
    return call


def captured(step, batch):
    index = torch.arange(batch, device=step.device)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(4):
            step.run(index)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    step.optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        step.run(index)

    def call():
        index.copy_(torch.randperm(step.rows, device=step.device)[:batch])
        graph.replay()
    return call


def nets(quick, device):
    """Step, batch, whether TF32 is allowed, and how to make it."""
    for estimator in ("shared", "flipout"):
        yield f"4-64-64-3 b32 {estimator}", 32, False, lambda c, e=estimator: Mlp([4, 64, 64, 3], 1024, e, device, c)
        if not quick:
            yield f"784-256-256-10 b512 {estimator}", 512, False, lambda c, e=estimator: Mlp([784, 256, 256, 10], 4096, e, device, c)
    width = 128 if quick else 4096
    yield f"3 x {width} b{width} shared tf32", width, True, lambda c: Mlp([width] * 4, 2 * width, "shared", device, c)
    yield f"3 x {width} b{width} shared bf16", width, True, lambda c: Mlp([width] * 4, 2 * width, "shared", device, c, "bf16")
    if quick:
        yield "cnn b64 shared tf32", 64, True, lambda c: Residual(8, 1, 3, 8, 128, device, c)
    else:
        yield "cnn of ResNet-18's size b256 shared tf32", 256, True, lambda c: Residual(64, 2, 4, 32, 1024, device, c)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--device", default="cuda")
    options.add_argument("--quick", action="store_true")
    options = options.parse_args()
    device = torch.device(options.device)
    for name, batch, tf32, make in nets(options.quick, device):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        for peer, form in (("PyTorch eager", eager), ("PyTorch graphs", captured)):
            if form is captured and device.type != "cuda":
                continue
            try:
                call = form(make(form is captured), batch)
                for _ in range(5):
                    call()
                print(name, peer, f"{seconds(call, device, 0.3 if options.quick else 1.5) * 1e6:.3f}", sep="\t", flush=True)
            except Exception as error:  # one that fails leaves the others
                print(f"{name}, {peer}: {error}", file=sys.stderr)
            finally:
                call = None
                if device.type == "cuda":
                    torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
