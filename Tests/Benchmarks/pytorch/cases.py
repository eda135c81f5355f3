"""The same steps in plain PyTorch, written by hand the way a careful user would: no layer library, closed-form KL, one loss, one backward, Adam."""
import math

import torch
import torch.nn.functional as F


def data(rows, shape, classes):
    """All training rows, resident; a step takes a batch of them."""
    torch.manual_seed(1)
    return torch.rand(rows, *shape) - 0.5, torch.arange(rows) % classes


class Batches:
    """Shuffled minibatches of resident rows; no gather where a batch is all rows."""

    def __init__(self, x, y, batch):
        self.x, self.y, self.batch = x, y, batch
        self.order, self.next = torch.randperm(len(x)), 0

    def take(self):
        if self.batch == len(self.x):
            return self.x, self.y
        if self.next + self.batch > len(self.x):
            self.order, self.next = torch.randperm(len(self.x)), 0
        index = self.order[self.next:self.next + self.batch]
        self.next += self.batch
        return self.x.index_select(0, index), self.y.index_select(0, index)


def sampled(p):
    """One draw of a mean-field parameter."""
    mean, rho = p
    return mean + F.softplus(rho) * torch.randn_like(mean)


def divergence(p):
    """KL(N(mean, softplus(rho)^2) || N(0, 1)), summed."""
    mean, rho = p
    scale = F.softplus(rho)
    return (0.5 * (scale * scale + mean * mean - 1) - torch.log(scale)).sum()


def signs(*shape):
    return torch.randint(0, 2, shape, dtype=torch.float32) * 2 - 1


def product(x, w, estimator):
    """x @ w for a random matrix w by one of the estimators."""
    if estimator == "shared":
        return x @ sampled(w)
    mean, scale = w[0], F.softplus(w[1])
    if estimator == "local":
        out = x @ mean
        return out + torch.sqrt((x * x) @ (scale * scale) + 1e-16) * torch.randn_like(out)
    noise = scale * torch.randn_like(mean)
    return x @ mean + ((x * signs(*x.shape)) @ noise) * signs(len(x), mean.shape[1])


def parameter(shape, fan_in, bayes, spread=1.0):
    """A weight: a leaf, or the mean and the unconstrained scale of its guide."""
    mean = (torch.randn(shape) * spread / math.sqrt(fan_in)).requires_grad_()
    return (mean, torch.full(shape, -4.0).requires_grad_()) if bayes else mean


class Step:
    """One training step; subclasses say what is learned and how logits are computed."""

    def start(self, parameters, batches, rows, estimator):
        self.parameters, self.batches, self.rows, self.estimator = parameters, batches, rows, estimator
        self.bayes = estimator != "deterministic"
        leaves = [t for p in parameters for t in (p if self.bayes else (p,))]
        self.optimizer = torch.optim.Adam(leaves, lr=1e-3, foreach=True)

    def run(self):
        x, y = self.batches.take()
        loss = F.cross_entropy(self.logits(x), y)
        if self.bayes:
            loss = loss + sum(divergence(p) for p in self.parameters) / self.rows
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()


class Mlp(Step):
    def __init__(self, spec):
        widths, rows, estimator = spec["widths"], spec["rows"], spec["estimator"]
        torch.manual_seed(2)
        bayes = estimator != "deterministic"
        parameters = []
        for a, b in zip(widths, widths[1:]):
            parameters += [parameter((a, b), a, bayes), parameter((b,), a, bayes)]
        self.start(parameters, Batches(*data(rows, (widths[0],), widths[-1]), spec["batch"]), rows, estimator)

    def logits(self, x):
        p = self.parameters
        for i in range(0, len(p), 2):
            if i > 0:
                x = F.relu(x)
            x = product(x, p[i], self.estimator) + sampled(p[i + 1]) if self.bayes else torch.addmm(p[i + 1], x, p[i])
        return x


class Cnn(Step):
    """28 x 28, conv 3x3x16, pool 2, conv 3x3x32, pool 2, dense 10; channels last, which is the faster layout of PyTorch here."""

    def __init__(self, spec):
        rows, estimator = spec["rows"], spec["estimator"]
        torch.manual_seed(2)
        bayes = estimator != "deterministic"
        shapes = [((16, 1, 3, 3), 9), ((32, 16, 3, 3), 144), ((1568, 10), 1568)]
        parameters = []
        for shape, fan_in in shapes:
            parameters += [parameter(shape, fan_in, bayes), parameter((shape[1] if len(shape) == 2 else shape[0],), fan_in, bayes)]
        x, y = data(rows, (1, 28, 28), 10)
        self.start(parameters, Batches(x.contiguous(memory_format=torch.channels_last), y, spec["batch"]), rows, estimator)

    def logits(self, x):
        w = [sampled(p) for p in self.parameters] if self.bayes else self.parameters
        last = torch.channels_last
        x = F.conv2d(x.contiguous(memory_format=last), w[0].contiguous(memory_format=last), w[1], padding=1)
        x = F.max_pool2d(F.relu(x), 2)
        x = F.conv2d(x, w[2].contiguous(memory_format=last), w[3], padding=1)
        x = F.max_pool2d(F.relu(x), 2)
        return torch.addmm(w[5], x.flatten(1), w[4])


class Prediction:
    """Class probabilities of all rows, averaged over a loop of forward passes, each with newly drawn weights."""

    def __init__(self, spec):
        widths = spec["widths"]
        torch.manual_seed(2)
        self.x, _ = data(spec["rows"], (widths[0],), widths[-1])
        self.draws, self.parameters = spec["draws"], []
        for a, b in zip(widths, widths[1:]):
            self.parameters += [parameter((a, b), a, True), parameter((b,), a, True)]

    @torch.no_grad()
    def run(self):
        total = 0
        for _ in range(self.draws):
            h, p = self.x, self.parameters
            for i in range(0, len(p), 2):
                if i > 0:
                    h = F.relu(h)
                h = torch.addmm(sampled(p[i + 1]), h, sampled(p[i]))
            total = total + torch.softmax(h, 1)
        return total / self.draws


class EightSchools:
    """Value and gradient of the log joint density of the non-centred model, unconstrained, float64."""

    def __init__(self, spec):
        self.y = torch.tensor([28., 8., -3., 7., -1., 1., 18., 12.], dtype=torch.float64)
        self.sigma = torch.tensor([15., 10., 16., 11., 9., 11., 10., 18.], dtype=torch.float64)
        self.q = torch.linspace(-0.5, 0.5, 10, dtype=torch.float64).requires_grad_()

    def run(self):
        mu, log_tau, z = self.q[0], self.q[1], self.q[2:]
        tau = torch.exp(log_tau)
        half = math.log(2 * math.pi) / 2
        value = -0.5 * (mu / 5) ** 2 - math.log(5) - half
        value = value + math.log(2 / (5 * math.pi)) - torch.log1p((tau / 5) ** 2) + log_tau
        value = value - 0.5 * (z * z).sum() - 8 * half
        r = (self.y - (mu + tau * z)) / self.sigma
        value = value - 0.5 * (r * r).sum() - torch.log(self.sigma).sum() - 8 * half
        return value, torch.autograd.grad(value, self.q)[0]


class Product:
    """A matrix product into memory that is there already."""

    def __init__(self, spec):
        m, k, n = spec["m"], spec["k"], spec["n"]
        self.a, self.b, self.c = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)

    def run(self):
        torch.mm(self.a, self.b, out=self.c)


class Normals:
    """Standard normal numbers into memory that is there already."""

    def __init__(self, spec):
        self.x = torch.empty(spec["count"])

    def run(self):
        self.x.normal_()


CASES = {"mlp": Mlp, "cnn": Cnn, "predict": Prediction, "schools": EightSchools, "product": Product, "normals": Normals}
