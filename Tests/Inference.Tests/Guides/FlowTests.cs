using MathNet.Numerics.LinearAlgebra;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Normalising flows.</summary>
public class FlowTests
{
    private static readonly FlowGuide[] Flows = [new PlanarGuide { Layers = 5 }, new RealNvpGuide { Layers = 3, Hidden = 7 }, new IafGuide { Layers = 2, Hidden = 11 }];

    // Five components in sites of different kinds; two in the other.
    private static BoundModel Model(bool two) => ModelBuilder.Bind(3, ["y"], b =>
    {
        var real = b.Draw("real", Normal.Of(b.Real(0.2), b.Real(1.4)).Iid([two ? 2 : 3]));
        var rest = two ? SumAll(real) : SumAll(b.Draw("positive", Gamma.Of(b.Real(2), b.Real(1.3)).Iid([2])));
        b.Draw("y", Normal.Of(SumAll(real) + rest, b.Real(1)).Iid([b.Rows]), perRow: true);
    });

    private static Dictionary<string, HostTensor> Somewhere(GuidePlan plan) => plan.Parameters.Select((p, i) =>
        (p.Name, HostTensor.Of(p.Shape, [.. Samples.Numbers(p.Shape.Size, 40 + i).Select(v => 0.5 * v)]))).ToDictionary(p => p.Name, p => p.Item2);

    private static (FlowPart Part, GuideScope Scope, Tensor[] Parameters, HostTensor[] Values) Build(FlowGuide flow, bool two, bool atStart = false)
    {
        var plan = Evaluation.Plan(Model(two), flow);
        Tensor[] inputs = [.. plan.Parameters.Select(p => Input(p.Name, DType.F64, p.Shape))];
        var where = atStart ? Evaluation.InitialValues(plan) : Somewhere(plan);
        var zero = Constant(HostTensor.Scalar(0));
        return ((FlowPart)plan.Parts[0], new(inputs.ToDictionary(i => i.InputName()), new RandomSource(zero, Input("step", DType.I64, []), zero), RowView.All(3)), inputs, [.. plan.Parameters.Select(p => where[p.Name])]);
    }

    [Fact]
    public void LogDeterminantsAreThoseOfTheDenseJacobian()
    {
        foreach (var flow in Flows)
        {
            var (part, scope, inputs, values) = Build(flow, two: false);
            var x = Input("x", DType.F64, [5]);
            var (y, log) = part.Forward(scope, x);
            var graph = new TensorGraph([.. inputs, x], [("y", y), ("log", log)]);
            double[] at = [0.3, -1.2, 0.8, -0.4, 1.9];
            HostTensor[] Run(double[] p) => [.. Reference.Evaluate(graph, [.. values, HostTensor.Of([5], p)])];
            var jacobian = Matrix<double>.Build.Dense(5, 5);
            for (var j = 0; j < 5; j++)
            {
                double[] up = [.. at], down = [.. at];
                (up[j], down[j]) = (up[j] + 1e-5, down[j] - 1e-5);
                var (a, b) = (Run(up)[0], Run(down)[0]);
                for (var i = 0; i < 5; i++) jacobian[i, j] = (a[i] - b[i]) / 2e-5;
            }
            var result = Run(at)[1][0];
            Assert.Equal(Math.Log(Math.Abs(jacobian.Determinant())), result, 1e-7);
            Assert.True(Math.Abs(result) > 0.05, $"{flow}: {result}");
            // Every component must be moved by another, or the flow is no joint one.
            Assert.Contains(Enumerable.Range(0, 25), k => k / 5 != k % 5 && Math.Abs(jacobian[k / 5, k % 5]) > 0.05);
        }
    }

    [Fact]
    public void EachComponentOfAnAutoregressiveLayerSeesEarlierOnesOnly()
    {
        var (part, scope, inputs, values) = Build(new IafGuide { Layers = 1, Hidden = 9 }, two: false);
        var x = Input("x", DType.F64, [5]);
        var y = part.Forward(scope, x).Value;
        var rows = Enumerable.Range(0, 5).Select(i => Vjp.Gradients(Index(y, 0, i), [x])[0]).ToArray();
        var result = Reference.Evaluate(new TensorGraph([.. inputs, x], [.. rows.Select((r, i) => ($"{i}", r))]), [.. values, HostTensor.Of([5], [0.3, -1.2, 0.8, -0.4, 1.9])]);
        for (var i = 0; i < 5; i++)
        {
            for (var j = 0; j < 5; j++) Assert.True(j > i ? result[i][j] == 0 : result[i][j] != 0, $"d y[{i}] / d x[{j}] = {result[i][j]}");
        }
    }

    [Fact]
    public void TheDensityOfTheDrawIntegratesToOne()
    {
        // By change of variables: the integral of q over a fine grid of u, q at T(x) found for each grid point by Newton's method on the forward map.
        foreach (var flow in Flows)
        {
            var (part, scope, inputs, values) = Build(flow, two: true);
            var x = Input("x", DType.F64, [2]);
            var (y, log) = part.Forward(scope, x);
            Tensor[] rows = [.. Enumerable.Range(0, 2).Select(i => Vjp.Gradients(Index(y, 0, i), [x])[0])];
            var batched = Vmap.Batch([y, log, .. rows], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [x] = Input("xs", DType.F64, [Grid * Grid, 2]) }, Grid * Grid);
            var graph = new TensorGraph([.. inputs, Topology.Sort(batched).First(n => n.Op == OpCode.Input && n.InputName() == "xs")], [.. batched.Select((b, i) => ($"{i}", b))]);
            using var executable = new CpuBackend().Compile(Pipeline.Optimize(graph), new CompileOptions { Threads = 1 });
            for (var i = 0; i < values.Length; i++) executable.Write(i, values[i]);
            double[] targets = [.. Enumerable.Range(0, Grid * Grid).SelectMany(k => new[] { Reach * (2.0 * (k / Grid) / (Grid - 1) - 1), Reach * (2.0 * (k % Grid) / (Grid - 1) - 1) })];
            double[] at = [.. targets];
            HostTensor[] now = [];
            for (var iteration = 0; iteration < 30; iteration++)
            {
                executable.Write<double>(values.Length, at);
                executable.Run();
                now = [.. batched.Select((b, i) => executable.Read(i, new(b.DType, b.Shape)))];
                for (var k = 0; k < Grid * Grid; k++)
                {
                    var (r0, r1) = (now[0][2 * k] - targets[2 * k], now[0][2 * k + 1] - targets[2 * k + 1]);
                    var (a, b, c, d) = (now[2][2 * k], now[2][2 * k + 1], now[3][2 * k], now[3][2 * k + 1]);
                    var determinant = a * d - b * c;
                    // Damped, since tanh flattens far out.
                    var (s0, s1) = ((d * r0 - b * r1) / determinant, (a * r1 - c * r0) / determinant);
                    var length = Math.Max(1, Math.Sqrt(s0 * s0 + s1 * s1));
                    at[2 * k] -= s0 / length;
                    at[2 * k + 1] -= s1 / length;
                }
            }
            var cell = Math.Pow(2 * Reach / (Grid - 1), 2);
            var total = 0.0;
            for (var k = 0; k < Grid * Grid; k++)
            {
                if (Math.Abs(now[0][2 * k] - targets[2 * k]) + Math.Abs(now[0][2 * k + 1] - targets[2 * k + 1]) > 1e-6) continue;
                total += cell * Math.Exp(-0.5 * (at[2 * k] * at[2 * k] + at[2 * k + 1] * at[2 * k + 1]) - Math.Log(2 * Math.PI) - now[1][k]);
            }
            Assert.Equal(1, total, 2e-3);
        }
    }

    private const int Grid = 41;
    private const double Reach = 8;

    [Fact]
    public void FlowsStartWhereTheNormalGuideDoes()
    {
        foreach (var flow in Flows)
        {
            var (part, scope, inputs, values) = Build(flow, two: false, atStart: true);
            var x = Input("x", DType.F64, [5]);
            var (y, log) = part.Forward(scope, x);
            double[] at = [0.3, -1.2, 0.8, -0.4, 1.9];
            var result = Reference.Evaluate(new TensorGraph([.. inputs, x], [("y", y), ("log", log)]), [.. values, HostTensor.Of([5], at)]);
            for (var i = 0; i < 5; i++) Assert.Equal(at[i], result[0][i], 1e-12);
            Assert.Equal(0, result[1][0], 1e-12);
            var normal = Evaluation.InitialValues(Evaluation.Plan(Model(two: false), new NormalGuide()));
            Assert.Equal(normal["real.rho"][0], values[1][0], 1e-12);
        }
    }

    [Fact]
    public void TheDensityOfAnyValueIsThatOfItsDraw()
    {
        var (part, scope, inputs, values) = Build(new RealNvpGuide { Layers = 3, Hidden = 7 }, two: false);
        var draw = part.Draw(scope);
        var density = part.LogDensityOf(scope, draw.Sites.ToDictionary(s => s.Site.Name, s => s.Value))!.Value;
        var graph = new TensorGraph([.. inputs, scope.Random.Step], [("draw", draw.LogDensity[0].Value), ("value", density[0].Value)]);
        for (var step = 0; step < 4; step++)
        {
            var result = Reference.Evaluate(graph, [.. values, HostTensor.Scalar(step)]);
            Assert.Equal(result[0][0], result[1][0], 1e-9);
        }
        var (planar, at, _, _) = Build(Flows[0], two: false);
        Assert.Null(planar.LogDensityOf(at, planar.Draw(at).Sites.ToDictionary(s => s.Site.Name, s => s.Value)));
    }

    [Fact]
    public void AnAutoregressiveFlowRecoversACorrelatedNormal()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var vi = new Vi { Guide = [new(new IafGuide { Layers = 1, Hidden = 4 })], Samples = 8, Gradient = new PathwiseGradient(), Training = new() { Steps = 1500, Optimizer = new Adam { Rate = 0.03 }, Schedule = new CosineSchedule() } };
        var last = vi.Fit(new(model, data, new ReferenceBackend(), 3)).Required.History[^1];
        // At the posterior the log-weights do not vary, so the last record shows the gap itself; the mean field's is larger.
        Assert.Equal(exact.LogEvidence, last.Elbo, 0.05);
    }

    [Fact]
    public void FlowsBendAroundABananaWhereTheMeanFieldCannot()
    {
        // y ~ N(b - a^2, 0.3) with a ~ N(0, 1.2), b ~ N(0, 2): the posterior follows the parabola b = a^2.
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var bend = b.Draw("a", Normal.Of(b.Real(0), b.Real(1.2)));
            var height = b.Draw("b", Normal.Of(b.Real(0), b.Real(2)));
            b.Draw("y", Normal.Of(height - Square(bend), b.Real(0.3)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([5], [0.1, -0.2, 0.05, 0.3, -0.1]) }, 5);
        double Fit(GuideFamily family) => new Vi { Guide = [new(family)], Samples = 16, Training = new() { Steps = 1500, Optimizer = new Adam { Rate = 0.02 }, Schedule = new CosineSchedule() } }
            .Fit(new(model, data, new CpuBackend(), 3) { Threads = 1 }).Required.History.TakeLast(200).Average(r => r.Elbo);
        // Log evidence by quadrature.
        double[] y = data.Values["y"].ToDoubles();
        var evidence = 0.0;
        for (var a = -6.0; a <= 6; a += 0.05)
        {
            for (var b = -10.0; b <= 14; b += 0.05)
            {
                var log = -0.5 * (a * a / 1.44 + b * b / 4 + y.Sum(v => Math.Pow((v - b + a * a) / 0.3, 2)));
                evidence += 0.0025 * Math.Exp(log - 2 * Math.Log(2 * Math.PI) / 2 - Math.Log(2.4) - 5 * (0.5 * Math.Log(2 * Math.PI) + Math.Log(0.3)));
            }
        }
        var mean = Fit(new NormalGuide());
        Assert.True(mean < Math.Log(evidence));
        foreach (var flow in (FlowGuide[])[new PlanarGuide(), new RealNvpGuide(), new IafGuide()])
        {
            var bound = Fit(flow);
            Assert.True(bound > mean + 0.3 && bound < Math.Log(evidence) + 0.05, $"{flow}: {bound}, mean field {mean}, log evidence {Math.Log(evidence)}");
        }
    }

    [Fact]
    public void WhatAFlowDoesNotCoverIsRefused()
    {
        static string Refused(BoundModel model, GuideFamily family)
        {
            var plan = GuidePlan.For(model, [new(family)]);
            Assert.Null(plan.Value);
            return plan.Diagnostics.Single(d => d.Code == InferenceCodes.GuideRefuses).Message;
        }
        // Plates over data rows belong to the flow, with all their rows.
        Assert.NotNull(GuidePlan.For(Samples.Schools().Model, [new(new PlanarGuide())]).Value);
        Assert.Contains("is the only one", Refused(Samples.Mean().Model, new RealNvpGuide()));
        Assert.Contains("is the only one", Refused(Samples.Mean().Model, new IafGuide()));
        var large = ModelBuilder.Bind(3, ["y"], b => b.Draw("y", Normal.Of(SumAll(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([1001]))), b.Real(1)).Iid([b.Rows]), perRow: true));
        Assert.Contains("at most 1000 components, not 1001", Refused(large, new PlanarGuide()));
        Assert.NotNull(GuidePlan.For(Samples.Mean().Model, [new(new PlanarGuide())]).Value);
    }
}
