using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Objectives;

/// <summary>Terms stated by <c>factor</c> count like densities.</summary>
public class FactorTests
{
    private static readonly IBackend Backend = new ReferenceBackend();

    // The same model with its likelihood as a site, and as a factor over an argument.
    private static BoundModel Model(bool isFactor) => ModelBuilder.Bind(7, isFactor ? [] : ["y"], b =>
    {
        var mu = b.Draw("mu", Normal.Of(b.Real(0.4), b.Real(1.6)));
        if (isFactor) b.Factor(Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]).LogDensity(b.PerRow("y", [])), perRow: true);
        else b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
    });

    private static readonly DataSet Data = new(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([7], 3) }, 7);

    [Fact]
    public void AFactorOfDataIsALikelihood()
    {
        var (sites, factors) = (Model(false), Model(true));
        foreach (var batch in (int?[])[null, 3])
        {
            double[] Values(BoundModel model)
            {
                var plan = Evaluation.Plan(model, new NormalGuide());
                var elbo = Evaluation.Build(model, plan, batch: batch);
                return Evaluation.Flat(Evaluation.At(elbo, [elbo.ExpectedLogLikelihood, elbo.Kl, .. Vjp.Gradients(elbo.Value, [.. elbo.Parameters])], Evaluation.Somewhere(plan), Data, seed: 3, step: 2,
                    [5, 1, 4], [2.0, 3, 1]));
            }
            Assert.Equal(Values(sites), Values(factors));
        }
        // Validation scores count it, too.
        Posterior Fitted(BoundModel model)
        {
            var plan = Evaluation.Plan(model, new DeltaGuide());
            return Posterior.FromParameters(model, plan, new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, 0.2) }).Required;
        }
        Assert.Equal(Fitted(sites).Predict(Backend, Data, new() { Draws = 2 }).Required.Nll!.Value, Fitted(factors).Predict(Backend, Data, new() { Draws = 2 }).Required.Nll!.Value, 1e-12);
    }

    [Fact]
    public void AFactorOfLatentValuesAloneIsPartOfThePrior()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0.4), b.Real(1.6)));
            b.Factor(-Square(mu) * 1.5, perRow: false);
            b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
        });
        var plan = Evaluation.Plan(model, new DeltaGuide());
        var elbo = Evaluation.Build(model, plan);
        var kl = Evaluation.At(elbo, [elbo.Kl], new Dictionary<string, HostTensor> { [plan.Parameters[0].Name] = HostTensor.Scalar(DType.F64, 0.9) }, Data)[0][0];
        Assert.Equal(0.5 * Math.Log(2 * Math.PI) + Math.Log(1.6) + 0.25 / (2 * 1.6 * 1.6) + 1.5 * 0.81, kl, 1e-12);
    }

    [Fact]
    public void AFactorOverAllRowsForbidsMinibatches()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var mu = b.Draw("mu", Normal.Of(b.Real(0.4), b.Real(1.6)));
            b.Factor(-Square(SumAll(b.PerRow("x", [])) - mu), perRow: false);
            b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([7], 5), ["y"] = Samples.Tensor([7], 3) }, 7);
        var refused = Assert.IsType<FitOutcome.Refused>(new Map { Training = new() { Batch = 2 } }.Fit(new(model, data, Backend, 1)));
        Assert.Equal((InferenceCodes.MixedRows, "model.prob:3:1"), (refused.Diagnostics[0].Code, refused.Diagnostics[0].Span.Location));
    }
}
