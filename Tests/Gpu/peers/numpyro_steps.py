"""Jitted steps of stochastic variational inference in NumPyro, as the peers of ours. Prints lines of step, peer and microseconds."""
import argparse
import sys
import time

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.infer import SVI, Trace_ELBO
from numpyro.infer.autoguide import AutoNormal
from numpyro.optim import Adam


def network(widths, rows):
    def model(x, y):
        h = x
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            w = numpyro.sample(f"w{i}", dist.Normal(jnp.zeros((a, b)), 1.0).to_event(2))
            c = numpyro.sample(f"b{i}", dist.Normal(jnp.zeros(b), 1.0).to_event(1))
            h = (jax.nn.relu(h) if i > 0 else h) @ w + c
        with numpyro.handlers.scale(scale=rows / x.shape[0]):
            with numpyro.plate("rows", x.shape[0]):
                numpyro.sample("y", dist.Categorical(logits=h), obs=y)
    return model


def step(widths, rows, batch):
    """A call that queues one step: rows are drawn and gathered within it, as in ours."""
    x = jax.random.uniform(jax.random.PRNGKey(0), (rows, widths[0])) - 0.5
    y = jnp.arange(rows) % widths[-1]
    model = network(widths, rows)
    svi = SVI(model, AutoNormal(model, init_scale=0.018), Adam(1e-3), Trace_ELBO())
    state = svi.init(jax.random.PRNGKey(1), x[:batch], y[:batch])

    def update(state, key):
        key, use = jax.random.split(key)
        index = jax.random.permutation(use, rows)[:batch]
        state, loss = svi.update(state, x[index], y[index])
        return state, key, loss

    update = jax.jit(update, donate_argnums=(0, 1))
    held = [state, jax.random.PRNGKey(2), None]

    def call():
        held[0], held[1], held[2] = update(held[0], held[1])

    return call, lambda: jax.block_until_ready(held[2])


def seconds(call, wait, budget):
    def group(count):
        start = time.perf_counter()
        for _ in range(count):
            call()
        wait()
        return time.perf_counter() - start

    count = 1
    while group(count) < 0.02:
        count *= 2
    samples, start = [], time.perf_counter()
    while len(samples) < 5 or time.perf_counter() - start < budget:
        samples.append(group(count) / count)
    return sorted(samples)[len(samples) // 2]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--device", default="cuda")
    options.add_argument("--quick", action="store_true")
    options = options.parse_args()
    numpyro.set_platform("cpu" if options.device == "cpu" else "gpu")
    cases = [("4-64-64-3 b32 shared", [4, 64, 64, 3], 1024, 32, "highest")]
    if not options.quick:
        cases += [("784-256-256-10 b512 shared", [784, 256, 256, 10], 4096, 512, "highest"), ("3 x 4096 b4096 shared tf32", [4096] * 4, 8192, 4096, "tensorfloat32")]
    for name, widths, rows, batch, precision in cases:
        try:
            with jax.default_matmul_precision(precision):
                call, wait = step(widths, rows, batch)
                for _ in range(5):
                    call()
                wait()
                print(name, "NumPyro", f"{seconds(call, wait, 0.3 if options.quick else 1.5) * 1e6:.3f}", sep="\t", flush=True)
        except Exception as error:  # one that fails leaves the others
            print(f"{name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
