using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Objectives;

/// <summary>
/// Sites whose support depends on other sites: b ~ exponential(1.3); u ~ uniform(0.2, 0.2 + b); z ~ uniform(0, u) for each of 7 rows, which a row's y observes.
/// </summary>
public class MovingSupportTests
{
    private static (BoundModel Model, DataSet Data) Nested(bool rows)
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var top = b.Draw("b", Exponential.Of(b.Real(1.3)));
            var u = b.Draw("u", Uniform.Of(b.Real(0.2), top + 0.2));
            var z = rows ? b.Draw("z", Uniform.Of(b.Real(0), u).Iid([b.Rows]), perRow: true) : BroadcastTo(u, [b.Rows]);
            b.Draw("y", Normal.Of(z, b.Real(0.7)), perRow: true);
        });
        return (model, new(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 3) }, 7));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double LogNormal(double x, double m, double s) => -0.5 * Math.Pow((x - m) / s, 2) - Math.Log(s) - 0.5 * Math.Log(2 * Math.PI);

    /// <summary>The log joint density at a point guide's values, computed by hand.</summary>
    [Fact]
    public void The_value_of_a_site_lies_between_the_drawn_values_of_its_limits()
    {
        var (model, data) = Nested(rows: true);
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var elbo = Evaluation.Build(model, plan);
        double[] loc = [0.3, -0.4, .. Samples.Numbers(7, 19)];
        var parameters = new Dictionary<string, HostTensor>
        {
            ["b.loc"] = HostTensor.Scalar(DType.F64, loc[0]), ["u.loc"] = HostTensor.Scalar(DType.F64, loc[1]), ["z.loc"] = HostTensor.Of([7], loc[2..]),
        };
        var b = Math.Exp(loc[0]);
        var u = 0.2 + b * Sigmoid(loc[1]);
        var y = data.Values["y"].ToDoubles();
        var prior = Math.Log(1.3) - 1.3 * b - Math.Log(b) - 7 * Math.Log(u);
        var likelihood = y.Select((v, i) => LogNormal(v, u * Sigmoid(loc[2 + i]), 0.7)).Sum();
        var results = Evaluation.At(elbo, [elbo.Kl, elbo.ExpectedLogLikelihood], parameters, data, seed: 3, step: 1);
        Assert.Equal(-prior, results[0][0], 1e-12);
        Assert.Equal(likelihood, results[1][0], 1e-12);
    }

    /// <summary>With a tiny scale log q - log p is that of the centre: the determinants are those at the drawn limits.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void The_density_of_the_guide_has_the_determinant_at_the_drawn_limits(bool joint)
    {
        var (model, data) = Nested(rows: !joint);
        var plan = Evaluation.Plan(model, joint ? new MultivariateNormalGuide() : new NormalGuide());
        var elbo = Evaluation.Build(model, plan, draws: 1);
        double F(double b, double u)
        {
            HostTensor Number(double v) => HostTensor.Scalar(DType.F64, v);
            var parameters = joint
                ? new Dictionary<string, HostTensor> { ["guide.1.loc"] = HostTensor.Of([2], [b, u]), ["guide.1.rho"] = HostTensor.Of([2], [-20.0, -20]), ["guide.1.lower"] = HostTensor.Of([2, 2], new double[4]) }
                : new() { ["b.loc"] = Number(b), ["b.rho"] = Number(-20), ["u.loc"] = Number(u), ["u.rho"] = Number(-20), ["z.loc"] = HostTensor.Of([7], Samples.Numbers(7, 19)), ["z.rho"] = HostTensor.Of([7], Enumerable.Repeat(-20.0, 7).ToArray()) };
            return Evaluation.At(elbo, [elbo.Kl], parameters, data, seed: 3, step: 1)[0][0];
        }
        // log q - log p up to what does not depend on the two: the prior of u cancels its interval's length, and so do those of z.
        static double Expected(double b, double u) => 1.3 * Math.Exp(b) - b - Math.Log(Sigmoid(u) * Sigmoid(-u));
        foreach (var (b, u) in new[] { (0.9, 0.3), (-1.1, 1.7) })
            Assert.Equal(Expected(b, u) - Expected(0, 0), F(b, u) - F(0, 0), 1e-6);
    }

    [Fact]
    public void Minibatches_use_the_limits_of_their_rows()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var x = b.PerRow("x", []);
            var z = b.Draw("z", Uniform.Of(BroadcastTo(b.Real(0), [b.Rows]), Exp(x)), perRow: true);
            b.Draw("y", Normal.Of(z, b.Real(0.7)), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([7], 31), ["y"] = Samples.Tensor([7], 3) }, 7);
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var loc = Samples.Numbers(7, 19);
        var parameters = new Dictionary<string, HostTensor> { ["z.loc"] = HostTensor.Of([7], loc) };
        var elbo = Evaluation.Build(model, plan);
        var (x, y) = (data.Values["x"].ToDoubles(), data.Values["y"].ToDoubles());
        var expected = y.Select((v, i) => LogNormal(v, Math.Exp(x[i]) * Sigmoid(loc[i]), 0.7) - x[i]).Sum();
        Assert.Equal(expected, Evaluation.At(elbo, [elbo.Value], parameters, data, seed: 3, step: 1)[0][0], 1e-12);
        // Building it for a batch would meet limits for all rows otherwise.
        Assert.Equal(Shape.Scalar, Evaluation.Build(model, plan, batch: 3).Value.Shape);
    }
}
