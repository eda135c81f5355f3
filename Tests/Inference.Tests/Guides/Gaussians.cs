using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Guides;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>A normal law of a vector, by dense matrices.</summary>
internal sealed record Gaussian(Vector<double> Mean, Matrix<double> Covariance)
{
    public int Size => Mean.Count;

    public double Entropy => 0.5 * (Size * (1 + Math.Log(2 * Math.PI)) + LogDet(Covariance));

    public double LogDensity(double[] at)
    {
        var d = Vector<double>.Build.Dense(at) - Mean;
        return -0.5 * (Size * Math.Log(2 * Math.PI) + LogDet(Covariance) + d * Covariance.Solve(d));
    }

    /// <summary>KL(this || other).</summary>
    public double DivergenceFrom(Gaussian other)
    {
        var d = other.Mean - Mean;
        return 0.5 * (other.Covariance.Solve(Covariance).Trace() + d * other.Covariance.Solve(d) - Size + LogDet(other.Covariance) - LogDet(Covariance));
    }

    private static double LogDet(Matrix<double> m) => 2 * m.Cholesky().Factor.Diagonal().Sum(Math.Log);
}

/// <summary>The laws that normal guides must have, written down from their parameters; and the law that an expression has.</summary>
internal static class Gaussians
{
    public static bool Is(GuideFamily family) => family is NormalGuide or MultivariateNormalGuide or LowRankGuide or KroneckerGuide;

    /// <summary>The law of all unconstrained components, part after part.</summary>
    public static Gaussian Of(GuidePlan plan, IReadOnlyDictionary<string, HostTensor> at)
    {
        Gaussian[] blocks = [.. plan.Parts.SelectMany(p => Of(p, at))];
        var (size, start) = (blocks.Sum(b => b.Size), 0);
        var covariance = Matrix<double>.Build.Dense(size, size);
        foreach (var block in blocks)
        {
            covariance.SetSubMatrix(start, start, block.Covariance);
            start += block.Size;
        }
        return new(Vector<double>.Build.Dense([.. blocks.SelectMany(b => b.Mean)]), covariance);
    }

    private static IEnumerable<Gaussian> Of(GuidePart part, IReadOnlyDictionary<string, HostTensor> at)
    {
        switch (part.Family)
        {
            case MultivariateNormalGuide:
                var (rho, lower) = (at[part.Name + ".rho"].ToDoubles(), at[part.Name + ".lower"].ToDoubles());
                var factor = Triangular(rho, lower);
                return [new(Loc(part.Name), factor * factor.Transpose())];
            case LowRankGuide when at.ContainsKey(part.Name + ".factor"):
                return [LowRank(Loc(part.Name), part.Name, 1)];
            case LowRankGuide:
                return part.Sites.Select(s => LowRank(Loc(s.Name), s.Name, s.PerRow ? s.UnconstrainedShape[0] : 1));
            case KroneckerGuide:
                return part.Sites.Select(s => Kronecker(Loc(s.Name), s.Name));
            case NormalGuide:
                return part.Sites.Select(s => LowRank(Loc(s.Name), s.Name, 1));
            default:
                throw new NotSupportedException(part.Family.Name);
        }

        Vector<double> Loc(string name) => Vector<double>.Build.Dense(at[name + ".loc"].ToDoubles());

        Gaussian LowRank(Vector<double> loc, string name, int rows)
        {
            var (n, diagonal) = (loc.Count, at[name + ".rho"].ToDoubles().Select(r => Math.Pow(Softplus(r), 2)).ToArray());
            var covariance = Matrix<double>.Build.DenseOfDiagonalArray(diagonal);
            if (!at.TryGetValue(name + ".factor", out var p)) return new(loc, covariance);
            var (rank, own) = (p.Shape[^1], n / rows);
            // Only components of one row share a factor.
            for (var i = 0; i < n; i++)
            {
                for (var j = i / own * own; j < (i / own + 1) * own; j++) covariance[i, j] += Enumerable.Range(0, rank).Sum(k => p[i * rank + k] * p[j * rank + k]);
            }
            return new(loc, covariance);
        }

        Gaussian Kronecker(Vector<double> loc, string name)
        {
            var (a, b) = (Factor(name + ".rows"), Factor(name + ".columns"));
            b /= Math.Exp(b.Diagonal().Average(Math.Log));
            // Row-major components: those of the columns run fastest.
            return new(loc, (a * a.Transpose()).KroneckerProduct(b * b.Transpose()));
        }

        Matrix<double> Factor(string name) => Triangular(at[name + ".rho"].ToDoubles(), at.TryGetValue(name + ".lower", out var lower) ? lower.ToDoubles() : null);
    }

    /// <summary>
    /// The exact law of an expression that is affine in its normal noise: the noise is replaced by inputs, and the matrix of the map read off. Noise of one node is independent, and nodes
    /// are so where their streams differ.
    /// </summary>
    /// <param name="value">The expression.</param>
    /// <param name="given">The values of all its inputs.</param>
    public static Gaussian LawOf(Tensor value, params (Tensor Input, HostTensor Value)[] given)
    {
        Tensor[] noise = [.. Topology.Sort([value]).Where(n => n.Op == OpCode.RandomNormal)];
        Assert.Equal(noise.Length, noise.Select(n => ((Attributes.RandomSpec)n.Attributes).Stream).Distinct().Count());
        Tensor[] inputs = [.. noise.Select((n, i) => Input($"noise {i}", n.DType, n.Shape))];
        var fixedNoise = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (n, i) in noise.Zip(inputs)) fixedNoise[n] = i;
        var graph = new TensorGraph([.. given.Select(g => g.Input), .. inputs], [("value", Substitution.Apply([value], fixedNoise)[0])]);
        var size = inputs.Sum(i => i.Shape.Size);
        double[] At(double[] all)
        {
            var (values, start) = (given.Select(g => g.Value).ToList(), 0);
            foreach (var input in inputs)
            {
                values.Add(HostTensor.Of(input.Shape, all[start..(start + input.Shape.Size)]));
                start += input.Shape.Size;
            }
            return Reference.Evaluate(graph, [.. values])[0].ToDoubles();
        }
        var mean = Vector<double>.Build.Dense(At(new double[size]));
        var map = Matrix<double>.Build.DenseOfColumnVectors(Enumerable.Range(0, size).Select(k =>
        {
            var one = new double[size];
            one[k] = 1;
            return Vector<double>.Build.Dense(At(one)) - mean;
        }));
        // Affine indeed.
        var some = Models.Samples.Numbers(size, 71);
        var expected = mean + map * Vector<double>.Build.Dense(some);
        Assert.True((Vector<double>.Build.Dense(At(some)) - expected).InfinityNorm() <= 1e-10 * (1 + expected.InfinityNorm()), "not affine in the noise");
        return new(mean, map * map.Transpose());
    }

    public static void AssertSame(Gaussian expected, Gaussian actual, string what)
    {
        Assert.Equal(expected.Size, actual.Size);
        for (var i = 0; i < expected.Size; i++)
        {
            Assert.True(Math.Abs(expected.Mean[i] - actual.Mean[i]) <= 1e-10 * (1 + Math.Abs(expected.Mean[i])), $"{what}: mean {i} is {actual.Mean[i]}, expected {expected.Mean[i]}");
            for (var j = 0; j < expected.Size; j++)
                Assert.True(Math.Abs(expected.Covariance[i, j] - actual.Covariance[i, j]) <= 1e-10 * (1 + Math.Abs(expected.Covariance[i, j])),
                    $"{what}: covariance {i}, {j} is {actual.Covariance[i, j]}, expected {expected.Covariance[i, j]}");
        }
    }

    public static double Softplus(double r) => Math.Log(1 + Math.Exp(r));

    private static Matrix<double> Triangular(double[] rho, double[]? lower) =>
        Matrix<double>.Build.Dense(rho.Length, rho.Length, (i, j) => i == j ? Softplus(rho[i]) : i > j && lower is not null ? lower[i * rho.Length + j] : 0);
}
