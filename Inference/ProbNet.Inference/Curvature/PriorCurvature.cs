using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// The prior at a point of unconstrained space: its log-density there, log p(z(u)) + log |dz / du|, and minus its Hessian in u, by Hessian-vector products (a gradient of a gradient).
/// </summary>
internal sealed class PriorCurvature : IDisposable
{
    private readonly CurvatureRun _run;
    private readonly EqArray<(string Name, int Size)> _sites;
    private readonly double _tolerance;

    /// <summary>Compiles and evaluates it.</summary>
    public PriorCurvature(CurvaturePoint point)
    {
        var graph = new CurvatureGraph(point.Model, point.Model.Rows);
        _tolerance = graph.Graph.Precision == DType.F64 ? 1e-9 : 1e-4;
        _sites = graph.Latent.Zip(graph.Unconstrained, (s, u) => (s.Name, u.Shape.Size)).ToEqArray();
        var data = Marginal.DataHoles(graph.Graph, point.Model.IsObserved);
        Tensor[] densities = [.. graph.Latent.Zip(graph.Unconstrained, (s, u) => SumAll(s.Distribution.LogDensity(s.Value)) + SumAll(Bijector.For(s.Distribution)!.LogDetJacobian(u)))];
        Tensor[] factors = [.. graph.Graph.Factors.Where(f => !Marginal.DependsOn(f.LogDensity, data)).Select(f => SumAll(f.LogDensity))];
        var at = graph.At([.. densities, .. factors]);
        Tensor[] directions = [.. graph.Unconstrained.Zip(_sites, (u, s) => Input(Direction(s.Name), u.DType, u.Shape))];
        var gradients = Vjp.Gradients(at.Aggregate((a, b) => a + b), [.. graph.Unconstrained]);
        var along = Vjp.Gradients(gradients.Zip(directions, (g, v) => SumAll(g * v)).Aggregate((a, b) => a + b), [.. graph.Unconstrained]);
        _run = CurvatureRun.Compile(point.Backend, point.Threads, [.. along.Select((h, i) => (_sites[i].Name, -h))]);
        point.WriteTo(_run);
        point.WriteRows(_run, graph, 0, point.Model.Rows);

        var normals = graph.Latent.Where(s => s.Distribution.Family is Normal).ToEqArray();
        var scales = graph.At([.. normals.SelectMany(s => new[] { 1 / Square(s.Distribution.Arguments[1]), SumAll(Square((s.Value - s.Distribution.Arguments[0]) / s.Distribution.Arguments[1])) })]);
        using var values = CurvatureRun.Compile(point.Backend, point.Threads, [.. at.Concat(scales).Select((v, i) => ($"{i}", v))]);
        point.WriteTo(values);
        point.WriteRows(values, graph, 0, point.Model.Rows);
        values.Run();
        LogDensity = graph.Latent.Select((s, i) => (s.Name, values.Read(i)[0])).ToDictionary(p => p.Name, p => p.Item2);
        Factors = Enumerable.Range(densities.Length, factors.Length).Sum(i => values.Read(i)[0]);
        Normals = normals.Select((s, i) => (s.Name, new NormalPrior(values.Read(at.Length + 2 * i).ToDoubles(), values.Read(at.Length + 2 * i + 1)[0]))).ToDictionary(p => p.Name, p => p.Item2);
    }

    /// <summary>Site → log-density of its value in unconstrained space, in nats.</summary>
    public IReadOnlyDictionary<string, double> LogDensity { get; }

    /// <summary>The factors that depend on no data, in nats.</summary>
    public double Factors { get; }

    /// <summary>The sites with normal priors, whose precision can be multiplied.</summary>
    public IReadOnlyDictionary<string, NormalPrior> Normals { get; }

    /// <summary>Minus the diagonal of the Hessian in a site's components.</summary>
    public double[] Diagonal(string site) => IsDiagonal([site], out var diagonal) ? diagonal : Columns([site], (column, k) => [column[k]]);

    /// <summary>Minus the Hessian in the components of some sites together, row-major.</summary>
    public double[] Dense(EqArray<string> sites)
    {
        if (!IsDiagonal(sites, out var diagonal)) return Columns(sites, (column, _) => column);
        var n = diagonal.Length;
        var result = new double[n * n];
        for (var i = 0; i < n; i++) result[i * n + i] = diagonal[i];
        return result;
    }

    /// <summary>Minus the Hessian's diagonal of a site if it is the same number for all components and there is nothing beside it, else null.</summary>
    public double? Uniform(string site)
    {
        if (!IsDiagonal([site], out var diagonal)) return null;
        var (low, high) = (diagonal.Min(), diagonal.Max());
        return high - low <= _tolerance * Math.Max(Math.Abs(high), Math.Abs(low)) ? diagonal[0] : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    // A diagonal matrix H has s * H s = diag H for every vector s of signs; two vectors tell it from others.
    private bool IsDiagonal(EqArray<string> sites, out double[] diagonal)
    {
        var size = _sites.Where(s => sites.Contains(s.Name)).Sum(s => s.Size);
        var signs = new double[size];
        for (var i = 0; i < size; i++) signs[i] = (Philox.At(0, 0, 0, 0, (uint)(i / 4))[i % 4] & 1) == 0 ? 1 : -1;
        diagonal = Along(sites, Enumerable.Repeat(1.0, size).ToArray());
        var other = Along(sites, signs);
        var bound = _tolerance * diagonal.Concat(other).Max(Math.Abs);
        for (var i = 0; i < size; i++)
        {
            if (!(Math.Abs(other[i] * signs[i] - diagonal[i]) <= bound)) return false;
        }
        return true;
    }

    private double[] Columns(EqArray<string> sites, Func<double[], int, double[]> take)
    {
        var size = _sites.Where(s => sites.Contains(s.Name)).Sum(s => s.Size);
        var (result, unit) = (new List<double>(), new double[size]);
        for (var k = 0; k < size; k++)
        {
            unit[k] = 1;
            result.AddRange(take(Along(sites, unit), k));
            unit[k] = 0;
        }
        return [.. result];
    }

    private double[] Along(EqArray<string> sites, double[] direction)
    {
        var start = 0;
        foreach (var (name, size) in _sites)
        {
            var own = sites.Contains(name) ? direction[start..(start += size)] : new double[size];
            _run.Write(Direction(name), HostTensor.Of([size], own));
        }
        _run.Run();
        return [.. Enumerable.Range(0, _sites.Count).Where(i => sites.Contains(_sites[i].Name)).SelectMany(i => _run.Read(i).ToDoubles())];
    }

    private static string Direction(string site) => "v:" + site;
}

/// <summary>A site with a normal prior.</summary>
/// <param name="Precision">1 / scale² of each component.</param>
/// <param name="Quadratic">The sum of ((value - loc) / scale)².</param>
internal sealed record NormalPrior(double[] Precision, double Quadratic);
