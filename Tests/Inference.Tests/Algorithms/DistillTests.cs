using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Students whose best copy of a teacher is known.</summary>
public class DistillTests
{
    private static readonly ReferenceBackend Backend = new();

    [Fact]
    public void ALinearStudentHasTheTeachersPredictiveMean()
    {
        // The mean over draws of a linear model is linear, so the student can copy it exactly, although no outcome is shown.
        var (model, data) = Samples.Regression();
        var teacher = Exact(model, data);
        var student = Fit(model, Without(data, "y"), teacher);
        var (copied, original) = (Predict(student.Posterior, data), Predict(teacher, data));
        for (var i = 0; i < 13; i++) Assert.Equal(original.Mean[i], copied.Mean[i], 1e-3);
        Assert.True(student.Posterior.IsPoint);
        // The point of largest posterior density is elsewhere only by the teacher's Monte Carlo error, which 40 draws leave visible.
        Assert.True(Math.Abs(student.Posterior.Parameters["beta.loc"][0] - ConjugateRegression.Of(data).Mean[1]) > 1e-3);
    }

    [Fact]
    public void ALearnedScaleIsTheTeachersMeanVariance()
    {
        // Minimising log s + mean((m - loc)² + v) / (2 s²) at loc = m gives s² = mean v.
        var (regression, data) = Samples.Regression();
        var teacher = Exact(regression, data);
        var model = ModelBuilder.Bind(13, ["y"], b =>
        {
            var x = b.PerRow("x", [3]);
            var alpha = b.Draw("alpha", Normal.Of(b.Real(0), b.Real(1.3)));
            var beta = b.Draw("beta", Normal.Of(b.Real(0), b.Real(0.8)).Iid([3]));
            var s = b.Draw("s", HalfNormal.Of(b.Real(1.1)));
            b.Draw("y", Normal.Of(alpha + Reshape(MatMul(x, Reshape(beta, [3, 1])), [b.Rows]), s), perRow: true);
        });
        var student = Fit(model, data, teacher);
        Assert.Equal(0.5 * Math.Log(Predict(teacher, data).TotalVariance.Average()), student.Posterior.Parameters["s.loc"][0], 1e-3);
    }

    [Fact]
    public void ANetCopiesTheMeanProbabilitiesOfANet()
    {
        var (model, data) = Samples.Net();
        var plan = Evaluation.Plan(model, new NormalGuide());
        var teacher = Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
        var student = Fit(model, data, teacher, steps: 1500).Posterior;
        var original = Classes(teacher, data);
        var copied = Classes(student, data);
        Assert.True(original.Max() - original.Min() > 0.2);
        // The cross-entropy exceeds the teacher's entropy by the divergence alone.
        var divergence = original.Zip(copied, (p, q) => p * Math.Log(p / q)).Sum() / 11;
        Assert.InRange(divergence, 0, 1e-3);
    }

    [Fact]
    public void InputsWithoutOutcomesServeLikeOthers()
    {
        var (model, data) = Samples.Regression();
        var teacher = Exact(model, data);
        var perRow = new HashSet<string> { "x", "y" };
        var first = data.Select([.. Enumerable.Range(0, 5)], perRow);
        var rest = Without(data.Select([.. Enumerable.Range(5, 8)], perRow), "y");
        var all = Fit(model, data, teacher, steps: 50).Posterior.Parameters;
        var some = Algorithm(50).Fit(new(model with { Rows = 5 }, first, Backend, 3) { Teacher = teacher, Unlabelled = rest }).Required.Posterior.Parameters;
        foreach (var (name, value) in all) Assert.Equal(value, some[name]);
        var fewer = Algorithm(50).Fit(new(model with { Rows = 5 }, first, Backend, 3) { Teacher = teacher }).Required.Posterior.Parameters;
        Assert.NotEqual(all["beta.loc"], fewer["beta.loc"]);
    }

    [Fact]
    public void CountsAreTaughtByTheirMean()
    {
        var model = ModelBuilder.Bind(7, ["y"], b => b.Draw("y", Poisson.Of(b.Draw("rate", Gamma.Of(b.Real(2.5), b.Real(1.3)))).Iid([b.Rows]), perRow: true));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([7], [3L, 1, 4, 1, 5, 9, 2]) }, 7);
        var plan = Evaluation.Plan(model, new NormalGuide());
        var teacher = Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { ["rate.loc"] = HostTensor.Scalar(DType.F64, 0.9), ["rate.rho"] = HostTensor.Scalar(DType.F64, -0.3) }).Required;
        Assert.Equal(Math.Log(Predict(teacher, data).Mean[0]), Fit(model, data, teacher).Posterior.Parameters["rate.loc"][0], 1e-3);
    }

    [Fact]
    public void TeachersThatDoNotFitAreRefused()
    {
        var (model, data) = Samples.Regression();
        Assert.Contains("no teacher", Assert.IsType<FitOutcome.Refused>(new Distill().Fit(new(model, data, Backend, 0))).Diagnostics[0].Message);
        var (net, _) = Samples.Net();
        var plan = Evaluation.Plan(net, new DeltaGuide());
        var other = Posterior.FromParameters(net, plan, Evaluation.Somewhere(plan)).Required;
        var refusal = Assert.IsType<FitOutcome.Refused>(new Distill().Fit(new(model, data, Backend, 0) { Teacher = other })).Diagnostics[0];
        Assert.Equal(InferenceCodes.Teacher, refusal.Code);
        Assert.Contains("'species'", refusal.Message);
        var waiting = ModelBuilder.Bind(7, ["y"], b => b.Draw("y", Gamma.Of(b.Draw("shape", HalfNormal.Of(b.Real(1.3))), b.Real(0.7)).Iid([b.Rows]), perRow: true));
        Assert.Contains(new Distill().Explain(waiting).Diagnostics, d => d.Message.Contains("gamma", StringComparison.Ordinal));
    }

    private static Distill Algorithm(int steps) => new() { Draws = 40, Training = new() { Steps = steps, Optimizer = new Adam { Rate = 0.05 }, Schedule = new CosineSchedule() } };

    private static FitResult Fit(BoundModel model, DataSet data, Posterior teacher, int steps = 600) => Algorithm(steps).Fit(new(model, data, Backend, 3) { Teacher = teacher }).Required;

    private static Posterior Exact(BoundModel model, DataSet data) =>
        Posterior.FromParameters(model, Evaluation.Plan(model, new MultivariateNormalGuide()), ConjugateRegression.Of(data).FullCovarianceParameters("guide.1")).Required;

    private static ProbNet.Inference.Metrics.RealSummary Predict(Posterior posterior, DataSet data) => ((SitePrediction.Real)Predictions(posterior, data)).Summary;

    private static double[] Classes(Posterior posterior, DataSet data) => [.. ((SitePrediction.Class)Predictions(posterior, data)).Summary.Probabilities];

    // With the draws that the fit used.
    private static SitePrediction Predictions(Posterior posterior, DataSet data)
    {
        var outcome = posterior.Model.Observed[0];
        return posterior.Predict(Backend, Without(data, outcome), new PredictOptions { Draws = 40, Seed = 3 }).Required[outcome];
    }

    private static DataSet Without(DataSet data, string name) => new(data.Values.Where(v => v.Key != name).ToDictionary(v => v.Key, v => v.Value), data.Rows);
}
