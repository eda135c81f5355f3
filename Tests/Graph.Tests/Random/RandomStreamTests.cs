using ProbNet.Tests.Support;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>The distributions of the draws, their independence, and that a draw does not depend on how draws are batched.</summary>
public sealed class RandomStreamTests
{
    private const int N = 50_000;
    private const int Cases = 60;

    private static readonly DType[] Types = [DType.F32, DType.F64];

    [Fact]
    public void UniformsAreUniform()
    {
        foreach (var type in Types) Stat.CdfIs(Draw(OpCode.RandomUniform, type, 3), 0.03, Cases, $"uniform {type}");
    }

    [Fact]
    public void NormalsAreNormal()
    {
        foreach (var type in Types)
        {
            var x = Draw(OpCode.RandomNormal, type, 5);
            Stat.CdfIs([.. x.Select(v => SpecialFunctions.Erfc(-v / Math.Sqrt(2)) / 2)], 0.03, Cases, $"normal {type}");
            Stat.MeanIs(1, [.. x.Select(v => v * v)], 0.1, Cases, "variance");
            // Both halves of a Box-Muller pair, against each other and in squares.
            Stat.MeanIs(0, [.. x.Chunk(2).Select(pair => pair[0] * pair[1])], 0.1, Cases, "covariance in a pair");
            Stat.MeanIs(1, [.. x.Chunk(2).Select(pair => pair[0] * pair[0] * pair[1] * pair[1])], 0.4, Cases, "covariance of squares in a pair");
        }
    }

    [Fact]
    public void SignsAreFair()
    {
        var x = Draw(OpCode.RandomSign, DType.F32, 7);
        Assert.All(x, v => Assert.True(v is 1 or -1));
        Stat.MeanIs(0, x, 0.06, Cases, "sign");
        Stat.MeanIs(0, [.. x.Zip(x.Skip(1), (a, b) => a * b)], 0.06, Cases, "neighbouring signs");
    }

    [Fact]
    public void GammasAreGamma()
    {
        foreach (var shape in new[] { 0.03, 0.4, 1, 2.7, 90 })
        {
            var x = Draw(OpCode.RandomGamma, DType.F64, 11, shape);
            Stat.CdfIs([.. x.Select(v => GammaCdf(shape, v))], 0.03, Cases, $"gamma {shape}");
            Stat.MeanIs(shape, x, 0.1 * shape + 0.02, Cases, $"mean of gamma {shape}");
            Stat.MeanIs(SpecialFunctions.Digamma(shape), [.. x.Select(v => Math.Log(v))], 2, Cases, $"mean log of gamma {shape}");
        }
    }

    [Fact]
    public void TinyGammasDoNotUnderflow()
    {
        foreach (var type in Types)
        {
            var x = Draws.Of(OpCode.RandomGamma, type, 1, 2, [3], 4, [500], [.. Enumerable.Repeat(1e-3, 500)]).ToDoubles();
            Assert.All(x, v => Assert.True(v > 0 && double.IsFinite(Math.Log(v))));
        }
    }

    [Fact]
    public void PoissonsArePoisson()
    {
        foreach (var rate in new[] { 0.2, 3.7, 9.9, 10, 31.3 })
        {
            var counts = Draw(OpCode.RandomPoisson, DType.F64, 13, rate).Select(v => (int)v).ToArray();
            var low = (int)Math.Max(0, rate - 5 * Math.Sqrt(rate));
            int[] outcomes = [.. Enumerable.Range(low, (int)(10 * Math.Sqrt(rate)) + 2)];
            Stat.FrequenciesAre([.. outcomes.Select(k => Math.Exp(k * Math.Log(rate) - rate - SpecialFunctions.Lgamma(k + 1)))],
                [.. outcomes.Select(k => counts.Count(c => c == k))], N, 0.1, Cases, $"poisson {rate}");
        }
        Stat.MeanIs(1e6, Draw(OpCode.RandomPoisson, DType.F64, 13, 1e6), 100, Cases, "poisson 1e6");
    }

    [Fact]
    public void BinomialsAreBinomial()
    {
        foreach (var (trials, p) in new[] { (1, 0.3), (12, 0.7), (30, 0.02), (40, 0.3), (95, 0.85), (1000, 0.009), (1000, 0.02), (700, 0.5) })
        {
            var counts = Binomial(trials, p).Select(v => (int)v).ToArray();
            Assert.All(counts, k => Assert.InRange(k, 0, trials));
            var reach = 5 * Math.Sqrt(trials * p * (1 - p)) + 1;
            int[] outcomes = [.. Enumerable.Range(0, trials + 1).Where(k => Math.Abs(k - trials * p) < reach)];
            Stat.FrequenciesAre([.. outcomes.Select(k => Math.Exp(LogChoose(trials, k) + k * Math.Log(p) + (trials - k) * Math.Log(1 - p)))],
                [.. outcomes.Select(k => counts.Count(c => c == k))], N, 0.1, Cases, $"binomial {trials} {p}");
        }
        // So large that only the moments can be compared; counting trials would not end.
        var large = Binomial(1e12, 0.2);
        Stat.MeanIs(0, [.. large.Select(k => (k - 0.2e12) / 4e5)], 0.1, Cases, "mean of binomial 1e12");
        Stat.MeanIs(1, [.. large.Select(k => Math.Pow((k - 0.2e12) / 4e5, 2))], 0.15, Cases, "variance of binomial 1e12");

        static double LogChoose(int n, int k) => SpecialFunctions.Lgamma(n + 1) - SpecialFunctions.Lgamma(k + 1) - SpecialFunctions.Lgamma(n - k + 1);
    }

    [Fact]
    public void CertainAndIllegalBinomials()
    {
        double Number(double trials, double p) => RandomDraws.Binomial(1, 2, 3, 4, 5, trials, p);
        Assert.Equal([0, 0, 9, 0], [Number(0, 0.5), Number(9, 0), Number(9, 1), Number(1e300, 0)]);
        foreach (var (trials, p) in new[] { (-1, 0.5), (2.5, 0.5), (double.NaN, 0.5), (double.PositiveInfinity, 0.5), (4, -0.1), (4, 1.1), (4, double.NaN) })
            Assert.True(double.IsNaN(Number(trials, p)), $"{trials} {p}");
    }

    private static double[] Binomial(double trials, double p)
    {
        Tensor Repeat(double v) => BroadcastTo(Constant(DType.F64, v), [N]);
        return Reference.Evaluate(new([], [("y", new RandomSource(Draws.Scalar(5), Draws.Scalar(7), Draws.Scalar(3), 17).Binomial(Repeat(trials), Repeat(p)))]), [])[0].ToDoubles();
    }

    [Fact]
    public void ChangingAnyPartOfTheCounterGivesIndependentNumbers()
    {
        var x = Draws.Of(OpCode.RandomNormal, DType.F64, 1, 2, [3], 4, [N]).ToDoubles();
        foreach (var (what, y) in new[]
        {
            ("seed", Draws.Of(OpCode.RandomNormal, DType.F64, 2, 2, [3], 4, [N])),
            ("high half of the seed", Draws.Of(OpCode.RandomNormal, DType.F64, 1 + (1L << 32), 2, [3], 4, [N])),
            ("step", Draws.Of(OpCode.RandomNormal, DType.F64, 1, 3, [3], 4, [N])),
            ("draw", Draws.Of(OpCode.RandomNormal, DType.F64, 1, 2, [4], 4, [N])),
            ("stream", Draws.Of(OpCode.RandomNormal, DType.F64, 1, 2, [3], 5, [N])),
        })
        {
            Stat.MeanIs(0, [.. x.Zip(y.ToDoubles(), (a, b) => a * b)], 0.1, Cases, what);
        }
        Assert.NotEqual(new RandomSource(Draws.Scalar(1), Draws.Scalar(2), Draws.Scalar(3)).Named("a").Named("b").Stream,
            new RandomSource(Draws.Scalar(1), Draws.Scalar(2), Draws.Scalar(3)).Named("b").Named("a").Stream);
    }

    [Fact]
    public void ADrawIsTheSameInAnyBatch()
    {
        foreach (var type in Types)
        {
            foreach (var op in new[] { OpCode.RandomUniform, OpCode.RandomNormal, OpCode.RandomSign, OpCode.RandomGamma, OpCode.RandomPoisson })
            {
                double[] parameters = op is OpCode.RandomGamma or OpCode.RandomPoisson ? [0.3, 1, 4, 11, 30] : [];
                var together = Draws.Of(op, type, 9, 8, [0, 1, 2, 3, 4, 5, 6], 3, [5], parameters);
                for (var draw = 0; draw < 7; draw++)
                {
                    var alone = Draws.Of(op, type, 9, 8, [draw], 3, [5], parameters);
                    for (var e = 0; e < 5; e++) Assert.Equal(alone[e], together[draw * 5 + e]);
                }
            }
        }
    }

    /// <summary>E[x] = a and E[log x] = psi(a) have the derivatives 1 and psi'(a), which the pathwise gradient must average to.</summary>
    [Fact]
    public void PathwiseGammaGradientsAreUnbiased()
    {
        foreach (var shape in new[] { 0.3, 1, 4.5, 60 })
        {
            var source = new RandomSource(Draws.Scalar(3), Draws.Scalar(1), Draws.Scalar(4), 15);
            var a = Input("a", DType.F64, [N]);
            var x = source.Gamma(a);
            var values = Elementwise.Cycle(DType.F64, [N], shape);
            var gradients = Reference.Evaluate(new([a], [("x", Vjp.Gradients(x, [a])[0]), ("log", Vjp.Gradients(Log(x), [a])[0])]), [values]);
            Stat.MeanIs(1, gradients[0].ToDoubles(), 0.2, Cases, $"d E[x] at {shape}");
            var slope = SpecialFunctions.Polygamma(1, shape);
            Stat.MeanIs(slope, gradients[1].ToDoubles(), 0.3 * slope, Cases, $"d E[log x] at {shape}");
        }
    }

    /// <summary>E[x^2] = a^2 + a has the second derivative 2, through the derivative of the pathwise derivative.</summary>
    [Fact]
    public void SecondPathwiseGammaGradientsAreUnbiased()
    {
        const int draws = 5_000;
        var source = new RandomSource(Draws.Scalar(8), Draws.Scalar(1), Draws.Scalar(4), 15);
        var a = Input("a", DType.F64, [draws]);
        var first = Vjp.Gradients(Square(source.Gamma(a)), [a])[0];
        var second = Reference.Evaluate(new([a], [("second", Vjp.Gradients(first, [a])[0])]), [Elementwise.Cycle(DType.F64, [draws], 3.2)])[0];
        Stat.MeanIs(2, second.ToDoubles(), 0.4, Cases, "d^2 E[x^2]");
    }

    [Fact]
    public void IllegalParametersGiveNaN()
    {
        Assert.All(Draws.Of(OpCode.RandomGamma, DType.F64, 1, 2, [3], 4, [4], 0, -1, double.NaN, double.PositiveInfinity).ToDoubles(), v => Assert.True(double.IsNaN(v)));
        var poisson = Draws.Of(OpCode.RandomPoisson, DType.F64, 1, 2, [3], 4, [4], 0, -1, double.NaN, double.PositiveInfinity).ToDoubles();
        Assert.Equal([0, double.NaN, double.NaN, double.NaN], poisson);
    }

    // The library takes arguments below its own tolerance for 0; there the first two terms of the series are exact.
    private static double GammaCdf(double shape, double x) => x < 1e-8
        ? Math.Exp(shape * Math.Log(x) - SpecialFunctions.Lgamma(shape + 1)) * (1 - shape * x / (shape + 1))
        : MathNet.Numerics.SpecialFunctions.GammaLowerRegularized(shape, x);

    private static double[] Draw(OpCode op, DType type, uint stream, params double[] parameter) =>
        Draws.Of(op, type, 20240607, 17, [5], stream, [N], parameter.Length == 0 ? [] : [.. Enumerable.Repeat(parameter[0], N)]).ToDoubles();
}
