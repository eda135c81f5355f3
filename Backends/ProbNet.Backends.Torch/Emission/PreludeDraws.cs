namespace ProbNet.Backends.Torch;

/// <summary>
/// Rejection samplers in double precision: all elements make their next attempt at once, those that have accepted keep what they have. The attempts and the tests are those of
/// <see cref="Graph.RandomDraws"/>, which names the sources.
/// </summary>
internal static class PreludeDraws
{
    public static PreludeFunction[] Functions =>
    [
        new("random_gamma", """
            def random_gamma(seed: Tensor, step: Tensor, draw: Tensor, stream: int, shape: Tensor, smallest: float) -> Tensor:
                blocks = shape.size(1)
                todo = torch.logical_and(shape > 0, torch.isfinite(shape))
                legal = todo
                boosted = torch.where(shape < 1, shape + 1, shape)
                d = boosted - 1.0 / 3
                c = 1 / torch.sqrt(d * 9)
                value = torch.ones_like(shape)
                attempt = 1
                while bool(torch.any(todo)):
                    w0, w1, w2, w3 = philox(seed, step, draw, stream, blocks, attempt)
                    z, other = box_muller(words_f64(w0, w1), (w2.to(7) + 0.5) * 2.3283064365386963e-10)
                    root = c * z + 1
                    cube = root * root * root
                    bound = z * 0.5 * z + d * (1 - cube + torch.log(cube))
                    refused = torch.logical_or(root <= 0, torch.log((w3.to(7) + 0.5) * 2.3283064365386963e-10) >= bound)
                    value = torch.where(torch.logical_and(todo, torch.logical_not(refused)), d * cube, value)
                    todo = torch.logical_and(todo, refused)
                    attempt += 1
                w0, w1, w2, w3 = philox(seed, step, draw, stream, blocks, 0)
                small = torch.exp(torch.log(value) + torch.log(words_f64(w0, w1)) / shape)
                result = torch.clamp(torch.where(shape < 1, small, value), min=smallest)
                return torch.where(legal, result, torch.full_like(shape, float("nan")))
            """, "philox", "box_muller", "words_f64"),
        new("poisson_inversion", """
            def poisson_inversion(u: Tensor, rate: Tensor, todo: Tensor) -> Tensor:
                probability = torch.exp(-rate)
                cumulative = probability
                result = torch.zeros_like(rate)
                k = 0.0
                while bool(torch.any(todo)):
                    done = u <= cumulative
                    probability = torch.where(done, probability, probability * (rate / (k + 1)))
                    # Past the last change of the sum nothing more can be added.
                    ends = torch.logical_or(done, torch.logical_and(cumulative + probability == cumulative, rate < k))
                    result = torch.where(torch.logical_and(todo, ends), torch.full_like(result, k), result)
                    todo = torch.logical_and(todo, torch.logical_not(ends))
                    cumulative = cumulative + probability
                    k += 1.0
                return result
            """),
        new("poisson_rejection", """
            def poisson_rejection(seed: Tensor, step: Tensor, draw: Tensor, stream: int, rate: Tensor, todo: Tensor) -> Tensor:
                b = torch.sqrt(rate) * 2.53 + 0.931
                a = b * 0.02483 - 0.059
                inverse_alpha = 1.1328 / (b - 3.4) + 1.1239
                squeeze = 0.9277 - 3.6224 / (b - 2)
                log_rate = torch.log(rate)
                result = torch.zeros_like(rate)
                attempt = 0
                while bool(torch.any(todo)):
                    w0, w1, w2, w3 = philox(seed, step, draw, stream, rate.size(1), attempt)
                    u = words_f64(w0, w1) - 0.5
                    v = words_f64(w2, w3)
                    us = 0.5 - torch.abs(u)
                    k = torch.floor((a * 2 / us + b) * u + rate + 0.43)
                    quick = torch.logical_and(us >= 0.07, v <= squeeze)
                    outside = torch.logical_or(k < 0, torch.logical_and(us < 0.013, v > us))
                    exact = torch.log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_rate - rate - torch.lgamma(k + 1)
                    taken = torch.logical_and(todo, torch.logical_or(quick, torch.logical_and(torch.logical_not(outside), exact)))
                    result = torch.where(taken, k, result)
                    todo = torch.logical_and(todo, torch.logical_not(taken))
                    attempt += 1
                return result
            """, "philox", "words_f64"),
        new("random_poisson", """
            def random_poisson(seed: Tensor, step: Tensor, draw: Tensor, stream: int, rate: Tensor) -> Tensor:
                w0, w1, w2, w3 = philox(seed, step, draw, stream, rate.size(1), 0)
                few = torch.logical_and(rate > 0, rate < 10)
                many = torch.logical_and(rate >= 10, torch.isfinite(rate))
                below = poisson_inversion(words_f64(w0, w1), rate, few)
                above = poisson_rejection(seed, step, draw, stream, rate, many)
                legal = torch.logical_and(rate >= 0, torch.isfinite(rate))
                return torch.where(legal, torch.where(many, above, below), torch.full_like(rate, float("nan")))
            """, "philox", "words_f64", "poisson_inversion", "poisson_rejection"),
        new("binomial_inversion", """
            def binomial_inversion(u: Tensor, trials: Tensor, p: Tensor, todo: Tensor) -> Tensor:
                odds = p / (1 - p)
                probability = torch.exp(trials * torch.log1p(-p))
                cumulative = probability
                result = torch.zeros_like(p)
                k = 0.0
                while bool(torch.any(todo)):
                    done = torch.logical_or(u <= cumulative, trials == k)
                    probability = torch.where(done, probability, probability * ((trials - k) / (k + 1) * odds))
                    ends = torch.logical_or(done, torch.logical_and(cumulative + probability == cumulative, trials * p < k))
                    result = torch.where(torch.logical_and(todo, ends), torch.full_like(result, k), result)
                    todo = torch.logical_and(todo, torch.logical_not(ends))
                    cumulative = cumulative + probability
                    k += 1.0
                return result
            """),
        new("binomial_rejection", """
            def binomial_rejection(seed: Tensor, step: Tensor, draw: Tensor, stream: int, trials: Tensor, p: Tensor, todo: Tensor) -> Tensor:
                deviation = torch.sqrt(trials * p * (1 - p))
                b = deviation * 2.53 + 1.15
                a = b * 0.0248 - 0.0873 + p * 0.01
                alpha = (5.1 / b + 2.83) * deviation
                squeeze = 0.92 - 4.2 / b
                log_odds = torch.log(p / (1 - p))
                mode = torch.floor((trials + 1) * p)
                at_mode = torch.lgamma(mode + 1) + torch.lgamma(trials - mode + 1)
                result = torch.zeros_like(p)
                attempt = 0
                while bool(torch.any(todo)):
                    w0, w1, w2, w3 = philox(seed, step, draw, stream, p.size(1), attempt)
                    u = words_f64(w0, w1) - 0.5
                    v = words_f64(w2, w3)
                    us = 0.5 - torch.abs(u)
                    k = torch.floor((a * 2 / us + b) * u + trials * p + 0.5)
                    quick = torch.logical_and(us >= 0.07, v <= squeeze)
                    outside = torch.logical_or(k < 0, k > trials)
                    ratio = at_mode - torch.lgamma(k + 1) - torch.lgamma(trials - k + 1) + (k - mode) * log_odds
                    exact = torch.log(v * alpha / (a / (us * us) + b)) <= ratio
                    taken = torch.logical_and(todo, torch.logical_or(quick, torch.logical_and(torch.logical_not(outside), exact)))
                    result = torch.where(taken, k, result)
                    todo = torch.logical_and(todo, torch.logical_not(taken))
                    attempt += 1
                return result
            """, "philox", "words_f64"),
        new("random_binomial", """
            def random_binomial(seed: Tensor, step: Tensor, draw: Tensor, stream: int, trials: Tensor, probability: Tensor) -> Tensor:
                w0, w1, w2, w3 = philox(seed, step, draw, stream, trials.size(1), 0)
                whole = torch.logical_and(torch.logical_and(trials >= 0, torch.isfinite(trials)), trials == torch.floor(trials))
                legal = torch.logical_and(whole, torch.logical_and(probability >= 0, probability <= 1))
                p = torch.minimum(probability, 1 - probability)
                some = torch.logical_and(legal, torch.logical_and(trials > 0, p > 0))
                few = torch.logical_and(some, trials * p < 10)
                many = torch.logical_and(some, trials * p >= 10)
                below = binomial_inversion(words_f64(w0, w1), trials, p, few)
                above = binomial_rejection(seed, step, draw, stream, trials, p, many)
                rare = torch.where(many, above, below)
                result = torch.where(probability <= 0.5, rare, trials - rare)
                return torch.where(legal, result, torch.full_like(p, float("nan")))
            """, "philox", "words_f64", "binomial_inversion", "binomial_rejection"),
    ];
}
