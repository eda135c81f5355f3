using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Models with loops, as text, with small data made for them.</summary>
internal static class SequenceModels
{
    private const string Text = """
        module Sequence
        let cell wx wh b h x = tanh (x @ wx + h @ wh + b)
        model forecast (x : real[n, t, d]) = prob {
            let! wx = normal 0.0 (1.0 / sqrt d) |> iid [d; 5]
            let! wh = normal 0.0 (1.0 / sqrt 5.0) |> iid [5; 5]
            let! b = normal 0.0 1.0 |> iid [5]
            let h = x |> transpose [1; 0; 2] |> fold (cell wx wh b) (zeros [n; 5])
            let! out = h |> dense 2
            let! y = normal out.[*, 0] (softplus out.[*, 1] + 1e-3)
            return y
        }
        model ar2 (y : real[t]) = prob {
            let! alpha = normal 0.0 10.0
            let! beta = normal 0.0 1.0 |> iid [2]
            let! sigma = halfCauchy 2.5
            let mean = alpha + beta.[0] * y.[1 .. t - 2] + beta.[1] * y.[0 .. t - 3]
            do! observe y.[2 ..] (normal mean sigma)
            return mean
        }
        model overRows (x : real[n]) = prob {
            let! rate = beta 2.0 2.0
            let level = scan (fun s a -> rate * s + (1.0 - rate) * tanh (s + a)) 0.0 x
            let! y = normal level 0.5
            return y
        }
        let move tau z a = prob {
            let! z = normal (0.8 * z + a) tau
            let! seen = normal z 0.3
            return z
        }
        model level (a : real[t]) = prob {
            let! tau = halfNormal 1.0
            let! path = a |> fold (move tau) 0.0
            return path
        }
        """;

    private static readonly CheckedProgram Program = Checker.Check(new SourceText("sequence.prob", Text));

    /// <summary>A model for sizes of its dimensions beside the rows.</summary>
    public static BoundModel Bind(string name, int rows, EqArray<string> observed, string? rowDimension, DType precision, params (string Name, int Size)[] others)
    {
        Assert.True(Program.IsValid, DiagnosticRenderer.Render(Program.Diagnostics));
        var model = Program.Models.Single(m => m.Name == name);
        return new(name, count =>
        {
            var sizes = others.ToDictionary(o => o.Name, o => o.Size);
            if (rowDimension is not null) sizes[rowDimension] = count;
            return model.Elaborate(sizes, rowDimension, precision);
        }, observed, rows);
    }

    /// <summary>Sequences whose outcome is a weighted sum of their elements: n = 13, t = 6, d = 2.</summary>
    public static (BoundModel Model, DataSet Data) Forecast(DType precision = DType.F64, int steps = 6)
    {
        var model = Bind("forecast", 13, ["y"], "n", precision, ("t", steps), ("d", 2));
        var x = Samples.Tensor([13, steps, 2], 3, precision);
        var y = HostTensor.FromDoubles(precision, [13], [.. Enumerable.Range(0, 13).Select(i => Enumerable.Range(0, 2 * steps).Sum(k => x[i * 2 * steps + k] * (0.1 + 0.02 * k)))]);
        return (model, new(new Dictionary<string, HostTensor> { ["x"] = x, ["y"] = y }, 13));
    }

    /// <summary>A series of 23 values of an autoregression of order 2.</summary>
    public static (BoundModel Model, DataSet Data) Ar2()
    {
        var noise = Samples.Numbers(23, 5);
        var y = new double[23];
        for (var i = 2; i < y.Length; i++) y[i] = 0.4 + 0.5 * y[i - 1] - 0.3 * y[i - 2] + 0.2 * noise[i];
        return (Bind("ar2", 1, [], null, DType.F64, ("t", 23)), new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([23], y) }, 1));
    }

    /// <summary>A level that moves, seen 11 times with noise; the path is latent.</summary>
    public static (BoundModel Model, DataSet Data) Level() =>
        (Bind("level", 1, ["path.seen"], null, DType.F64, ("t", 11)), new(new Dictionary<string, HostTensor> { ["a"] = Samples.Tensor([11], 7), ["path.seen"] = Samples.Tensor([11], 8) }, 1));
}
