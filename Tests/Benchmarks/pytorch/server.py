"""Times PyTorch on request: one JSON object a line in, one out. Run with the number of threads as the only argument."""
import gc
import json
import sys
import time

import torch

from cases import CASES


def measure(run, seconds, least):
    """Seconds of each call for about so long; calls too short for the clock are timed in groups."""
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            run()
        if time.perf_counter() - start >= 1e-3 or count >= 1 << 16:
            break
        count *= 2
    samples, end = [], time.perf_counter() + seconds
    while len(samples) < least or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(count):
            run()
        samples.append((time.perf_counter() - start) / count)
    return samples


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    cases = {}
    print(json.dumps({"torch": torch.__version__, "python": sys.version.split()[0], "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        op, name = request["op"], request.get("name")
        if op == "start":
            cases[name] = CASES[request["spec"]["case"]](request["spec"])
            for _ in range(request["warm"]):
                cases[name].run()
            answer = []
        elif op == "run":
            answer = measure(cases[name].run, request["seconds"], request["least"])
        elif op == "value":
            value, gradient = cases[name].run()
            answer = [value.item(), *gradient.tolist()]
        else:
            cases.clear()
            gc.collect()
            answer = []
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
