using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Tests.Models;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Optimizers;

/// <summary>Updates against the papers' formulas written out in plain loops, over several steps with gradients that change.</summary>
public class OptimizerTests
{
    private static readonly double[] Start = [0.7, -1.3];
    private static readonly double[][] Gradients = [[0.4, -2.1], [-0.6, 0.3], [1.7, 0.9], [0.2, -0.8]];

    private static double[][] Run(Optimizer optimizer, double factor = 1)
    {
        var (p, g, t) = (Input("p", DType.F64, [2]), Input("g", DType.F64, [2]), Input("t", DType.F64, []));
        var slots = optimizer.Slots.Map(s => Input(s, DType.F64, [2]));
        var update = optimizer.Update(p, g, slots, new(Like(t, optimizer.Rate * factor), t));
        Assert.Equal(slots.Count, update.Slots.Count);
        var graph = new TensorGraph([p, g, t, .. slots], [("p", update.Parameter), .. update.Slots.Select((s, i) => ($"{i}", s))]);
        var (parameter, state, result) = (HostTensor.Of([2], Start), slots.Select(_ => HostTensor.Zeros(DType.F64, [2])).ToArray(), new List<double[]>());
        for (var k = 0; k < Gradients.Length; k++)
        {
            var next = Reference.Evaluate(graph, [parameter, HostTensor.Of([2], Gradients[k]), HostTensor.Scalar(DType.F64, k + 1), .. state]);
            (parameter, state) = (next[0], [.. next[1..]]);
            result.Add(parameter.ToDoubles());
        }
        return [.. result];
    }

    // Each component alone: state starts at 0, step counts from 1.
    private static void Matches(Optimizer optimizer, Func<(double P, double A, double B), double, int, (double P, double A, double B)> formula)
    {
        var actual = Run(optimizer);
        for (var i = 0; i < 2; i++)
        {
            var state = (P: Start[i], A: 0.0, B: 0.0);
            for (var k = 0; k < Gradients.Length; k++)
            {
                state = formula(state, Gradients[k][i], k + 1);
                Assert.Equal(state.P, actual[k][i], 1e-12);
            }
        }
    }

    [Fact]
    public void Sgd()
    {
        Matches(new Sgd { Rate = 0.3 }, (s, g, _) => (s.P - 0.3 * g, 0, 0));
        Matches(new Sgd { Rate = 0.3, Momentum = 0.8 }, (s, g, _) => { var v = 0.8 * s.A + g; return (s.P - 0.3 * v, v, 0); });
        Matches(new Sgd { Rate = 0.3, Momentum = 0.8, Nesterov = true }, (s, g, _) => { var v = 0.8 * s.A + g; return (s.P - 0.3 * (g + 0.8 * v), v, 0); });
    }

    [Fact]
    public void Adam() => Matches(new Adam { Rate = 0.2, Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.01 }, (s, g, t) =>
    {
        var (m, v) = (0.7 * s.A + 0.3 * g, 0.95 * s.B + 0.05 * g * g);
        return (s.P - 0.2 * (m / (1 - Math.Pow(0.7, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.95, t))) + 0.01), m, v);
    });

    [Fact]
    public void AdamW() => Matches(new AdamW { Rate = 0.2, Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.01, Decay = 0.3 }, (s, g, t) =>
    {
        var (m, v) = (0.7 * s.A + 0.3 * g, 0.95 * s.B + 0.05 * g * g);
        return (s.P - 0.2 * ((m / (1 - Math.Pow(0.7, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.95, t))) + 0.01) + 0.3 * s.P), m, v);
    });

    [Fact]
    public void RmsProp()
    {
        Matches(new RmsProp { Rate = 0.2, Decay = 0.6, Epsilon = 0.05 }, (s, g, _) => { var v = 0.6 * s.A + 0.4 * g * g; return (s.P - 0.2 * g / (Math.Sqrt(v) + 0.05), v, 0); });
        Matches(new RmsProp { Rate = 0.2, Decay = 0.6, Momentum = 0.5, Epsilon = 0.05 }, (s, g, _) =>
        {
            var v = 0.6 * s.A + 0.4 * g * g;
            var b = 0.5 * s.B + g / (Math.Sqrt(v) + 0.05);
            return (s.P - 0.2 * b, v, b);
        });
    }

    [Fact]
    public void TheScheduleScalesTheStep() => Assert.Equal(Start[0] - 0.3 * 0.25 * Gradients[0][0], Run(new Sgd { Rate = 0.3 }, factor: 0.25)[0][0], 1e-15);

    [Fact]
    public void Schedules()
    {
        var run = new RunLength(40, 5);
        static double At(Schedule schedule, int step, RunLength run)
        {
            var t = Input("t", DType.F64, []);
            return Reference.Evaluate(new TensorGraph([t], [("f", schedule.Factor(t, run))]), [HostTensor.Scalar(DType.F64, step)])[0][0];
        }
        foreach (var step in (int[])[0, 1, 9, 10, 11, 20, 39, 40, 55])
        {
            Assert.Equal(1, At(new ConstantSchedule(), step, run));
            var progress = Math.Min(1, step / 40.0);
            Assert.Equal(0.1 + 0.9 * (1 + Math.Cos(Math.PI * progress)) / 2, At(new CosineSchedule { Floor = 0.1 }, step, run), 1e-14);
            Assert.Equal(Math.Pow(0.3, step / 10), At(new StepSchedule { Every = 2, Gamma = 0.3 }, step, run), 1e-14);
            Assert.Equal(Math.Pow(0.8, step / 5.0), At(new ExponentialSchedule { Gamma = 0.8 }, step, run), 1e-14);
            // Two epochs are ten steps; then a cosine over the remaining thirty.
            var after = (1 + Math.Cos(Math.PI * Math.Min(1, (step - 10) / 30.0))) / 2;
            Assert.Equal(step < 10 ? (step + 1) / 10.0 : after, At(new WarmupSchedule { Epochs = 2, Then = new CosineSchedule() }, step, run), 1e-14);
        }
    }

    [Fact]
    public void ClippingLimitsTheNormOfAllParametersTogether()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new ProbNet.Inference.Guides.NormalGuide());
        var parameters = Evaluation.Somewhere(plan);
        var elbo = Evaluation.Build(model, plan);
        var loss = Vjp.Gradients(StepGraph.Loss(elbo, 1, 0), [.. elbo.Parameters]);
        var gradient = Evaluation.Flat(Evaluation.At(elbo, loss, parameters, data, seed: 4, step: 0));
        var norm = Math.Sqrt(gradient.Sum(g => g * g));
        foreach (var clip in (double?[])[null, norm * 2, norm / 3])
        {
            var step = StepGraph.Build(elbo, new() { Optimizer = new Sgd { Rate = 0.5 }, Clip = clip, Steps = 10 }, 1, 0);
            var values = step.Graph.Inputs.Select(i => i.InputName() switch
            {
                "seed" => HostTensor.Scalar(4),
                "step" => HostTensor.Scalar(0),
                "finite" => HostTensor.Scalar(DType.Bool, 1),
                var name when name.StartsWith("sum:") => HostTensor.Scalar(DType.F64, 0),
                var name when name.StartsWith("data:") => data.Values[name[5..]],
                var name => parameters[name],
            }).ToArray();
            var next = Evaluation.Flat(Reference.Evaluate(step.Graph, values)[..plan.Parameters.Count]);
            var before = Evaluation.Flat(plan.Parameters.Map(p => parameters[p.Name]));
            var factor = clip < norm ? clip.Value / norm : 1;
            for (var i = 0; i < next.Length; i++) Assert.Equal(before[i] - 0.5 * factor * gradient[i], next[i], 1e-12);
        }
    }
}
