using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;

namespace ProbNet.Inference.Tests.Algorithms;

public class EnsembleTests
{
    private const long Seed = 9;
    private static readonly ReferenceBackend Backend = new();

    private static TrainingOptions Options => new() { Optimizer = new Adam { Rate = 0.05 }, Epochs = 5, Batch = 4, Clip = 0.11 };

    public static TheoryData<string, Optimizer> Guides => new() { { "delta", new Adam { Rate = 0.05 } }, { "normal", new Adam { Rate = 0.05 } }, { "normal", new Ivon() } };

    private static GuideFamily Family(string name) => GuideRegistry.Families.Find(name)!;

    [Theory]
    [MemberData(nameof(Guides))]
    public void EveryMemberMovesAsAFitOfItsOwn(string guide, Optimizer optimizer)
    {
        var (model, data) = Samples.Net();
        var options = Options with { Optimizer = optimizer };
        var fit = new Ensemble { Members = 3, Guide = [new(Family(guide))], Training = options }.Fit(new(model, data, Backend, Seed)).Required;
        var start = Evaluation.InitialValues(fit.Posterior.Guide, Seed);
        var plan = Evaluation.Plan(model, Family(guide));
        var elbos = new List<double>();
        for (var m = 0; m < 3; m++)
        {
            var (parameters, elbo) = Alone(model, data, options, plan, plan.Parameters.Map(p => Member(start[p.Name], m)), MembersStep.SeedOf(Seed, m));
            elbos.Add(elbo);
            for (var i = 0; i < plan.Parameters.Count; i++)
            {
                var own = Member(fit.Posterior.Parameters[plan.Parameters[i].Name], m);
                for (var e = 0; e < own.Shape.Size; e++) Assert.Equal(parameters[i][e], own[e], 1e-13);
            }
        }
        // Members start, and end, in different places.
        Assert.NotEqual(Member(fit.Posterior.Parameters["h.w.loc"], 0), Member(fit.Posterior.Parameters["h.w.loc"], 1));
        Assert.Equal(elbos.Average(), fit.History[^1].Elbo, 1e-10);
    }

    [Fact]
    public void PredictionsAreTheAverageOfTheMembers()
    {
        var (model, data) = Samples.Net();
        var posterior = new Ensemble { Members = 3, Training = Options }.Fit(new(model, data, Backend, Seed)).Required.Posterior;
        Assert.Equal(3, posterior.Guide.DistinctDraws);
        double[] Probabilities(Posterior p) => [.. ((SitePrediction.Class)p.Predict(Backend, data, new() { Draws = 7, Seed = 3 }).Required.Sites[0]).Summary.Probabilities];
        var together = Probabilities(posterior);
        var apart = Enumerable.Range(0, 3).Select(m => Probabilities(Posterior.FromParameters(model, [new GuideClause(new DeltaGuide())],
            posterior.Parameters.ToDictionary(p => p.Key, p => Member(p.Value, m))).Required)).ToArray();
        for (var i = 0; i < together.Length; i++) Assert.Equal(apart.Average(p => p[i]), together[i], 1e-12);
        // Draws in sequence are the members in turn.
        var draws = posterior.Sample(Backend, new() { Draws = 6, Seed = 1 })["h.w"];
        Assert.Equal([.. posterior.Parameters["h.w.loc"].ToDoubles(), .. posterior.Parameters["h.w.loc"].ToDoubles()], draws.ToDoubles());
    }

    [Fact]
    public void ValidationScoresTheMixture()
    {
        var (model, data) = Samples.Net();
        var (_, other) = Samples.Net();
        var rows = new DataSet(other.Values.ToDictionary(v => v.Key, v => v.Key == "x" ? Samples.Tensor([11, 3], 99) : v.Value), 11);
        var method = new Ensemble { Members = 3, Training = Options with { Epochs = 60, EarlyStop = 5, Optimizer = new Adam { Rate = 0.2 } } };
        var fit = method.Fit(new(model, data, Backend, Seed) { Validation = rows }).Required;
        Assert.Equal(StopReason.EarlyStop, fit.Stop);
        var best = fit.History.MinBy(r => r.ValidationNll)!;
        Assert.Equal(best.Epoch, fit.BestEpoch);
        Assert.Equal(best.ValidationNll!.Value, fit.Posterior.Predict(Backend, rows, new() { Draws = 3, Seed = Seed }).Required.Nll!.Value, 1e-12);
    }

    [Fact]
    public void AFailureNamesTheMember()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var together = Evaluation.Plan(model, new MembersGuide { Members = 3, Guide = [new(new DeltaGuide())] });
        var step = MembersStep.Build(Elbo.Build(model, plan, new SharedEstimator()), 3, Options with { Batch = null });
        var start = Evaluation.InitialValues(together, Seed);
        var broken = start["out.w.loc"].ToDoubles();
        broken[broken.Length / 3 + 1] = double.PositiveInfinity;
        start["out.w.loc"] = HostTensor.Of(start["out.w.loc"].Shape, broken);
        EqArray<HostTensor> inputs = [.. step.Graph.Inputs.Select(i => i.InputName() switch
        {
            "seed" => HostTensor.Scalar(Seed),
            "step" => HostTensor.Scalar(0),
            "finite" => HostTensor.Scalar(DType.Bool, 1),
            var n when start.TryGetValue(n, out var v) => v,
            var n when n.StartsWith("data:") => data.Values[n[5..]],
            _ => HostTensor.Zeros(i.DType, i.Shape),
        })];
        // The step itself stands still, all members of it.
        var outputs = Reference.Evaluate(step.Graph, inputs);
        Assert.Equal(0, outputs[step.Finite][0]);
        for (var i = 0; i <= step.StepInput; i++) Assert.Equal(inputs[i], outputs[i]);
        var failure = FailureLocator.Find(step, together, inputs, 1, 0);
        Assert.Equal(2, failure.Member);
        Assert.Contains("member 2", failure.ToString());
    }

    [Fact]
    public void SharedLearnedValuesAreRefused()
    {
        const string program = """
            module M
            model m (x : real[n, 3]) = prob {
                let! w = normal 0.0 1.0 |> iid [3; 1]
                let s = param "scale" [] 0.5
                let! y = normal (reshape [n] (x @ w)) (exp s)
                return y
            }
            """;
        var model = Source.Bind(program, "m", 7, ["y"]);
        foreach (Algorithm method in new Algorithm[] { new Ensemble(), new MultiSwag(), new SnapshotEnsemble(), new Svgd() })
            Assert.Contains("'scale' is learned as a point that all members", method.Explain(model).Diagnostics[0].Message);
    }

    [Fact]
    public void AnOptimizerOfScalesIsRefusedForPoints() =>
        Assert.Contains("of which the guide has none", new Ensemble { Training = Options with { Optimizer = new Ivon() } }.Explain(Samples.Net().Model).Diagnostics[0].Message);

    internal static HostTensor Member(HostTensor stacked, int member)
    {
        var size = stacked.Shape[1..].Size;
        return HostTensor.FromDoubles(stacked.DType, stacked.Shape[1..], stacked.ToDoubles()[(member * size)..((member + 1) * size)]);
    }

    // A fit from these starting values whose draws have a seed of their own; rows are shuffled by the seed of the ensemble. The bound of the last epoch beside the end.
    private static (HostTensor[] Parameters, double Elbo) Alone(BoundModel model, DataSet data, TrainingOptions options, GuidePlan plan, EqArray<HostTensor> start, long seed)
    {
        var step = StepGraph.Build(Elbo.Build(model, plan, new SharedEstimator(), options.Batch), options, 1, 0);
        HostTensor[] nothing = [HostTensor.Scalar(DType.F64, 0), HostTensor.Scalar(DType.F64, 0)];
        HostTensor[] state = [.. start, .. Enumerable.Range(step.ParameterCount, step.StepInput - step.ParameterCount).Select(i => HostTensor.Zeros(DType.F64, step.Graph.Inputs[i].Shape)), HostTensor.Scalar(0), HostTensor.Scalar(DType.Bool, 1), .. nothing];
        HostTensor[] rows = [.. step.Elbo.Data.Values.Map(v => data.Values[v.Name])];
        var batches = new Minibatches(data.Rows, 4, Seed);
        var elbo = 0.0;
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            batches.Shuffle(epoch);
            (state[step.Likelihood], state[step.Kl]) = (nothing[0], nothing[1]);
            for (var b = 0; b < batches.Count; b++)
            {
                batches.Take(b);
                var outputs = Reference.Evaluate(step.Graph, [.. state, HostTensor.Scalar(seed), HostTensor.Of([4], [.. batches.Index]), HostTensor.Of([4], [.. batches.Weight]), .. rows]);
                state = [.. outputs];
            }
            elbo = (state[step.Likelihood][0] - state[step.Kl][0]) / batches.Count;
        }
        return (state[..step.ParameterCount], elbo);
    }
}
