using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Health;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Health;

/// <summary>Health reports of posteriors that are known exactly, and of planted faults.</summary>
public class HealthReportTests
{
    private static readonly ReferenceBackend Backend = new();

    private static HealthReport Report(Posterior posterior, DataSet data, EqArray<EpochRecord> history = default, bool isComplete = true) =>
        HealthReport.Of(posterior, history.IsEmpty ? ElboTrendTests.History(100, e => -30) : history, data, Backend, new() { Seed = 7, IsComplete = isComplete });

    private static (Posterior Posterior, DataSet Data) Exact()
    {
        var (model, data) = Samples.Regression();
        return (Posterior.FromParameters(model, [new(new MultivariateNormalGuide())], ConjugateRegression.Of(data).FullCovarianceParameters("guide.1")).Required, data);
    }

    private static double Rho(double scale) => Math.Log(Math.Exp(scale) - 1);

    [Fact]
    public void An_exact_posterior_is_healthy_and_its_divergence_is_the_closed_form()
    {
        var (posterior, data) = Exact();
        var exact = ConjugateRegression.Of(data);
        var report = Report(posterior, data);
        Assert.Empty(report.Flags);
        // All ratios are the evidence.
        Assert.Equal(0, report.KHat.Value);
        Assert.Equal(ImportanceRatios.EnoughDraws, report.Draws);
        // KL(N(m, S) || N(m0, S0)) = (tr(S0^-1 S) + (m - m0)' S0^-1 (m - m0) - 4 + log|S0| - log|S|) / 2.
        var covariance = exact.Precision.Inverse();
        var prior = Vector<double>.Build.Dense([1.3 * 1.3, 0.64, 0.64, 0.64]);
        var away = exact.Mean - Vector<double>.Build.Dense([0.3, 0, 0, 0]);
        var expected = 0.5 * (Enumerable.Range(0, 4).Sum(i => covariance[i, i] / prior[i] + away[i] * away[i] / prior[i] + Math.Log(prior[i])) - 4 - Math.Log(covariance.Determinant()));
        var site = Assert.Single(report.Sites);
        Assert.Equal(["alpha", "beta"], site.Sites);
        Assert.Equal(4, site.Components);
        Assert.InRange(site.Kl!.Value, expected - 6 * site.Kl.Error - 1e-9, expected + 6 * site.Kl.Error + 1e-9);
        Assert.InRange(site.Kl.Error, 0, 0.1);
        Assert.InRange(report.Elbo!.Value, exact.LogEvidence - 6 * report.Elbo.Error - 1e-9, exact.LogEvidence + 6 * report.Elbo.Error + 1e-9);
        double[] ratios = [.. Enumerable.Range(0, 4).Select(i => Math.Sqrt(covariance[i, i] / prior[i])).Order()];
        Assert.Equal((ratios[0], ratios[3]), (site.Ratio!.Least, site.Ratio.Largest), new Near(1e-9));
        Assert.Equal((ratios[1] + ratios[2]) / 2, site.Ratio.Median, 1e-9);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) <= tolerance && Math.Abs(x.Item2 - y.Item2) <= tolerance;

        public int GetHashCode((double, double) x) => 0;
    }

    [Fact]
    public void A_report_is_a_function_of_its_arguments()
    {
        var (posterior, data) = Exact();
        Assert.Equal(Report(posterior, data), Report(posterior, data));
        var other = HealthReport.Of(posterior, ElboTrendTests.History(100, e => -30), data, Backend, new() { Seed = 8 });
        Assert.NotEqual(Report(posterior, data).Elbo, other.Elbo);
    }

    // y ~ N(sum of 12 values, 0.01²) with priors N(0, 1): the posterior has correlations that mean field cannot follow.
    private static (BoundModel Model, DataSet Data) Correlated()
    {
        var model = ModelBuilder.Bind(3, ["y"], b =>
        {
            var z = b.Draw("z", Normal.Of(b.Real(0), b.Real(1)).Iid([12]));
            b.Draw("y", Normal.Of(SumAll(z), b.Real(0.2)).Iid([b.Rows]), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["y"] = HostTensor.Of([3], [1.9, 2.2, 2.0]) }, 3));
    }

    [Fact]
    public void A_mean_field_that_misses_the_correlations_has_a_high_k_hat()
    {
        // KL(p || q) of factors with the posterior's own variances, which Monte Carlo over q cannot find the tail of.
        var (model, data) = Correlated();
        var shrink = 3 / 0.04;
        var mean = shrink * data.Values["y"].ToDoubles().Average() / (1 + 12 * shrink);
        var optimum = 1 / Math.Sqrt(1 + shrink);
        Posterior Field(double scale) => Posterior.FromParameters(model, [new(new NormalGuide())],
            new Dictionary<string, HostTensor> { ["z.loc"] = HostTensor.FromDoubles(DType.F64, [12], [.. Enumerable.Repeat(mean, 12)]), ["z.rho"] = HostTensor.FromDoubles(DType.F64, [12], [.. Enumerable.Repeat(Rho(scale), 12)]) }).Required;
        var report = Report(Field(optimum), data);
        Assert.True(report.KHat.Value > 0.7, $"k-hat {report.KHat.Value}");
        var flag = Assert.Single(report.Flags);
        Assert.Equal(HealthFlags.HighKHat, flag.Kind);
        Assert.Contains("multivariateNormal", flag.Try);
    }

    [Fact]
    public void Divergences_and_ratios_are_the_closed_forms_and_faults_are_found()
    {
        var (model, data) = Samples.Regression();
        var exact = ConjugateRegression.Of(data);
        var parameters = exact.MeanFieldParameters();
        HealthReport With(string name, HostTensor value) => Report(Posterior.FromParameters(model, [new(new NormalGuide())], new Dictionary<string, HostTensor>(parameters) { [name] = value }).Required, data);
        var healthy = With("alpha.loc", parameters["alpha.loc"]);
        Assert.Empty(healthy.Flags);
        Assert.Equal(["alpha", "beta"], healthy.Sites.Map(s => s.Name));
        var (scale, away) = (1 / Math.Sqrt(exact.Precision[0, 0]), exact.Mean[0] - 0.3);
        Assert.Equal((scale * scale + away * away) / (2 * 1.69) - 0.5 - Math.Log(scale / 1.3), healthy.Sites[0].Kl!.Value, 1e-9);
        Assert.Equal(0, healthy.Sites[0].Kl!.Error);
        Assert.Equal(scale / 1.3, healthy.Sites[0].Ratio!.Median, 1e-9);
        Assert.Equal(Enumerable.Range(1, 3).Min(i => 1 / Math.Sqrt(exact.Precision[i, i])) / 0.8, healthy.Sites[1].Ratio!.Least, 1e-9);

        // One of three scales, below a hundredth of its start and of what 13 rows could explain.
        var collapsed = With("beta.rho", HostTensor.FromDoubles(DType.F64, [3], [Rho(0.2), Rho(1e-6), Rho(0.2)]));
        var flag = Assert.Single(collapsed.Flags, f => f.Kind == HealthFlags.Collapsed);
        Assert.Equal(["beta"], flag.Sites);
        Assert.StartsWith("'beta': 1 of 3 scales collapsed", flag.Message);
        // A scale that is only small is none.
        Assert.DoesNotContain(With("beta.rho", HostTensor.FromDoubles(DType.F64, [3], [Rho(0.2), Rho(0.004), Rho(0.2)])).Flags, f => f.Kind == HealthFlags.Collapsed);
    }

    [Fact]
    public void A_site_that_the_data_say_nothing_of_is_the_prior()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0.4), b.Real(1.6)));
            b.Draw("idle", Gamma.Of(b.Real(3), b.Real(2)));
            b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 3) }, 7);
        HealthReport With(double loc, double scale) => Report(Posterior.FromParameters(model, [new(new NormalGuide())], new Dictionary<string, HostTensor>
        {
            ["mu.loc"] = HostTensor.Scalar(DType.F64, data.Values["y"].ToDoubles().Average()), ["mu.rho"] = HostTensor.Scalar(DType.F64, Rho(0.26)),
            ["idle.loc"] = HostTensor.Scalar(DType.F64, loc), ["idle.rho"] = HostTensor.Scalar(DType.F64, Rho(scale)),
        }).Required, data);
        // The logarithm of a gamma variable with shape 3 and rate 2 has mean psi(3) - log 2 and variance psi'(3); skewness keeps the divergence above 0.
        var (loc, scale) = (0.9227843351 - Math.Log(2), Math.Sqrt(0.3949340668));
        var report = With(loc, scale);
        var idle = report.Sites.Single(s => s.Name == "idle");
        // The prior's scale is half the width of its central 68.27 %, drawn 4,000 times: an error of 1.5 % (asymptotic variance of quantiles of a normal), six of them allowed.
        double Quantile(double p) => Math.Log(MathNet.Numerics.Distributions.Gamma.InvCDF(3, 2, p));
        var expected = scale / ((Quantile(0.841344746) - Quantile(0.158655254)) / 2);
        Assert.InRange(idle.Ratio!.Median, expected * 0.91, expected * 1.09);
        Assert.DoesNotContain(report.Flags, f => f.Sites.Contains("mu"));
        // Half as wide it says something.
        Assert.DoesNotContain(With(loc, scale / 2).Flags, f => f.Kind == HealthFlags.PriorDominated);
        Assert.InRange(With(loc, scale / 2).Sites.Single(s => s.Name == "idle").Ratio!.Median, expected * 0.455, expected * 0.545);
    }

    [Fact]
    public void A_prior_that_is_the_posterior_is_flagged()
    {
        var (model, data) = Samples.Mean();
        var report = Report(Posterior.FromParameters(model, [new(new NormalGuide())], new Dictionary<string, HostTensor>
        {
            ["mu.loc"] = HostTensor.Scalar(DType.F64, 0.5), ["mu.rho"] = HostTensor.Scalar(DType.F64, Rho(1.55)),
        }).Required, data);
        Assert.Equal(["mu"], Assert.Single(report.Flags, f => f.Kind == HealthFlags.PriorDominated).Sites);
    }

    [Fact]
    public void Histories_that_have_not_settled_are_flagged()
    {
        var (posterior, data) = Exact();
        string[] Kinds(Func<int, double> elbo, bool isComplete = true) => [.. Report(posterior, data, ElboTrendTests.History(200, elbo), isComplete).Flags.Select(f => f.Kind)];
        // Draws of the exact posterior vary by about 1.4 nats.
        double Noise(int e) => 0.5 * Math.Sin(12.9898 * e) * Math.Cos(78.233 * e);
        Assert.Empty(Kinds(e => -30 - 500 * Math.Exp(-e / 10.0) + Noise(e)));
        Assert.Equal([HealthFlags.NotConverged], Kinds(e => -300 + e + Noise(e)));
        Assert.Equal([HealthFlags.Unstable], Kinds(e => e < 120 ? -30 : -30 - (e - 120) * 2));
        Assert.Equal([HealthFlags.Unstable], Kinds(e => -30 + (e < 2 ? -200 : 0) + (e % 3 - 1) * 40));
        // A fit that was broken off, or went back to an earlier epoch, is not judged by its end.
        Assert.Empty(Kinds(e => -300 + e, isComplete: false));
    }

    [Fact]
    public void Rows_are_streamed_and_sites_of_rows_are_added_up()
    {
        // 5,003 rows with a value each; the divergence is the sum over rows, exact since all factors are normal.
        const int rows = 5003;
        var model = ModelBuilder.Bind(rows, ["y"], b =>
        {
            var z = b.Draw("z", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows]), perRow: true);
            b.Draw("y", Normal.Of(z, b.Real(0.6)), perRow: true);
        });
        var y = Samples.Tensor([rows], 11);
        var (precision, scale) = (1 / 0.64 + 1 / 0.36, 1 / Math.Sqrt(1 / 0.64 + 1 / 0.36));
        double[] loc = [.. y.ToDoubles().Select(v => v / 0.36 / precision)];
        var posterior = Posterior.FromParameters(model, [new(new NormalGuide())], new Dictionary<string, HostTensor>
        {
            ["z.loc"] = HostTensor.FromDoubles(DType.F64, [rows], loc), ["z.rho"] = HostTensor.FromDoubles(DType.F64, [rows], [.. Enumerable.Repeat(Rho(scale), rows)]),
        }).Required;
        var report = Report(posterior, new(new Dictionary<string, HostTensor> { ["y"] = y }, rows));
        var site = Assert.Single(report.Sites);
        Assert.Equal(loc.Sum(m => (scale * scale + m * m) / (2 * 0.64) - 0.5 - Math.Log(scale / 0.8)), site.Kl!.Value, 1e-6);
        Assert.Equal(rows, site.Components);
        Assert.Equal(scale / 0.8, site.Ratio!.Median, 1e-9);
        var evidence = y.ToDoubles().Sum(v => -0.5 * (v * v / 1.0 + Math.Log(2 * Math.PI * 1.0)));
        Assert.InRange(report.Elbo!.Value, evidence - 6 * report.Elbo.Error, evidence + 6 * report.Elbo.Error);
        // Too many components for k-hat.
        Assert.Null(report.KHat.Value);
        Assert.Contains("5,003", report.KHat.Missing);
    }

    [Fact]
    public void Points_and_members_have_no_density()
    {
        var (model, data) = Samples.Regression();
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var point = Report(Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required, data);
        Assert.Equal((null, null), (point.KHat.Value, point.Elbo));
        Assert.All(point.Sites, s => Assert.Equal((null, null), (s.Kl, s.Ratio)));
        var members = Evaluation.Plan(model, new MembersGuide { Members = 3 });
        var where = Evaluation.Somewhere(members);
        var report = Report(Posterior.FromParameters(model, members, where).Required, data);
        Assert.Contains("members", report.KHat.Missing);
        Assert.Equal(3, report.Draws);
        // The scale is the standard deviation over the members.
        double[] alpha = where["alpha.loc"].ToDoubles();
        Assert.Equal(Math.Sqrt(alpha.Average(a => (a - alpha.Average()) * (a - alpha.Average()))) / 1.3, report.Sites.Single(s => s.Name == "alpha").Ratio!.Median, 1e-9);
        // Of a model half points, half not, the ratios are those given the points.
        var half = GuidePlan.For(model, [new(new DeltaGuide(), "alpha"), new(new NormalGuide())]).Required;
        Assert.NotNull(Report(Posterior.FromParameters(model, half, Evaluation.Somewhere(half)).Required, data).KHat.Value);
    }

    [Fact]
    public void A_run_keeps_the_report()
    {
        var (posterior, data) = Exact();
        var (model, values) = Samples.Regression();
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var point = Posterior.FromParameters(model, plan, Evaluation.Somewhere(plan)).Required;
        foreach (var report in new[] { Report(posterior, data), Report(posterior, data, ElboTrendTests.History(200, e => e)), Report(point, values) })
        {
            var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(report, Inference.Artifacts.RunJson.Json.HealthReport);
            Assert.Equal(report, System.Text.Json.JsonSerializer.Deserialize(json, Inference.Artifacts.RunJson.Json.HealthReport));
        }
    }

    [Fact]
    public void Every_family_has_a_report()
    {
        foreach (var family in GuideRegistry.Families.All.Concat(GuideRegistry.Results.All))
        {
            foreach (var (model, data) in new[] { Samples.Regression(), Posteriors.MomentTests.Everything() })
            {
                var plan = GuidePlan.For(model, [new(family)]).Value ?? GuidePlan.For(model, [new(family, "*w*"), new(new NormalGuide())]).Value;
                if (plan is not { } guide) continue;
                // What algorithms leave behind has parameters of its own kinds, such as variances, which start as some that are legal.
                var parameters = GuideRegistry.Results.All.Contains(family) ? Evaluation.InitialValues(guide) : Posteriors.MomentTests.Narrow(guide);
                var report = Report(Posterior.FromParameters(model, guide, parameters).Required, data);
                Assert.Equal(guide.Parts.SelectMany(p => p.Sites).Select(s => s.Name).Order(), report.Sites.SelectMany(s => s.Sites).Order());
                Assert.True(report.KHat.Value is not null ^ report.KHat.Missing is not null, family.Name);
                Assert.All(report.Sites, s => Assert.True(s.Kl is not { } kl || double.IsFinite(kl.Value), family.Name));
            }
        }
    }
}
