using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Benchmarks;

/// <summary>How a step draws its weights.</summary>
internal enum Estimator
{
    /// <summary>No draw: an ordinary network.</summary>
    Deterministic,
    /// <summary>One draw of the weights for the batch.</summary>
    Shared,
    /// <summary>The shared draw with pseudo-independent signs for each row (Wen et al., 2018).</summary>
    Flipout,
}

/// <summary>
/// A training step of Bayes by Backprop (Blundell et al., 2015) as a tensor graph: a multilayer perceptron with a mean-field normal guide, standard
/// normal priors, categorical likelihood, analytic KL, Adam.
/// </summary>
internal static class BayesNet
{
    /// <summary>The step as an optimised graph with its carried state, and values for all inputs.</summary>
    public static (TensorGraph Graph, CompileOptions Options, HostTensor[] Inputs) Step(int[] widths, int batch, int rows, Estimator estimator, int threads = 1, DType type = DType.F32)
    {
        var random = new Random(1);
        List<Tensor> inputs = [], parameters = [];
        List<HostTensor> values = [];
        Tensor x = Declare("x", HostTensor.FromDoubles(type, [batch, widths[0]], Noise(batch * widths[0], 1)));
        Tensor labels = Declare("y", HostTensor.Of([batch], [.. Enumerable.Range(0, batch).Select(i => (long)(i % widths[^1]))]));
        Tensor seed = Declare("seed", HostTensor.Scalar(42)), step = Declare("step", HostTensor.Scalar(0));
        var source = new RandomSource(seed, step, Constant(HostTensor.Scalar(0)));

        var h = x;
        Tensor kl = Constant(type, 0);
        for (var layer = 0; layer + 1 < widths.Length; layer++)
        {
            int fanIn = widths[layer], fanOut = widths[layer + 1];
            var (w, wSpread) = Parameter($"w{layer}", [fanIn, fanOut], 1 / Math.Sqrt(fanIn));
            var (b, bSpread) = Parameter($"b{layer}", [fanOut], 0.1);
            var bias = wSpread is null ? b : b + bSpread! * source.Named($"b{layer}").Normal(type, b.Shape);
            Tensor product;
            if (wSpread is null)
            {
                product = MatMul(h, w);
            }
            else
            {
                var noise = wSpread * source.Named($"w{layer}").Normal(type, w.Shape);
                product = estimator == Estimator.Shared
                    ? MatMul(h, w + noise)
                    : MatMul(h, w) + MatMul(h * source.Named($"in{layer}").Sign(type, h.Shape), noise) * source.Named($"out{layer}").Sign(type, [batch, fanOut]);
                kl += Divergence(w, wSpread) + Divergence(b, bSpread!);
            }
            h = product + bias;
            if (layer + 2 < widths.Length) h = Relu(h);
        }
        var loss = -Mean(Composite.TakeLast(Composite.LogSoftmax(h), labels), 0) + kl * (1.0 / rows);

        var outputs = new List<(string, Tensor)> { ("loss", loss), ("step", step + Constant(HostTensor.Scalar(1))) };
        var carries = new List<Carry> { new(inputs.IndexOf(step), 1) };
        var gradients = Vjp.Gradients(loss, parameters);
        var time = Convert(step + Constant(HostTensor.Scalar(1)), type);
        for (var i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            Tensor m = Declare($"m{i}", HostTensor.Zeros(type, p.Shape)), v = Declare($"v{i}", HostTensor.Zeros(type, p.Shape));
            var g = gradients[i];
            Tensor m1 = m * 0.9 + g * 0.1, v1 = v * 0.999 + g * g * 0.001;
            var rate = 1e-3 / (1 - Pow(Like(p, 0.9), time));
            var p1 = p - rate * m1 / (Sqrt(v1 / (1 - Pow(Like(p, 0.999), time))) + 1e-8);
            foreach (var (state, next) in new[] { (p, p1), (m, m1), (v, v1) })
            {
                carries.Add(new(inputs.IndexOf(state), outputs.Count));
                outputs.Add((state.InputName(), next));
            }
        }
        var graph = Pipeline.Optimize(new TensorGraph(inputs, outputs));
        return (graph, new CompileOptions { Carries = carries.ToEqArray(), Threads = threads }, [.. values]);

        Tensor Declare(string name, HostTensor value)
        {
            var input = Input(name, value.DType, value.Shape);
            inputs.Add(input);
            values.Add(value);
            return input;
        }

        // The mean and the standard deviation; only the mean for a deterministic network.
        (Tensor Mean, Tensor? Spread) Parameter(string name, Shape shape, double scale)
        {
            var mean = Declare(name, HostTensor.FromDoubles(type, shape, Noise(shape.Size, scale)));
            parameters.Add(mean);
            if (estimator == Estimator.Deterministic) return (mean, null);
            var raw = Declare(name + ".raw", HostTensor.FromDoubles(type, shape, [.. Enumerable.Repeat(-4.0, shape.Size)]));
            parameters.Add(raw);
            return (mean, Softplus(raw));
        }

        double[] Noise(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => scale * (random.NextDouble() * 2 - 1))];
    }

    /// <summary>KL(N(mean, spread²) || N(0, 1)), summed.</summary>
    private static Tensor Divergence(Tensor mean, Tensor spread) => SumAll((spread * spread + mean * mean - 1) * 0.5 - Log(spread));
}
