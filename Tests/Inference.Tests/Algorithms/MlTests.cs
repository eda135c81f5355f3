using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Algorithms;

/// <summary>Maximum likelihood, and starting from a point.</summary>
public class MlTests
{
    [Fact]
    public void PriorsHaveNoPartInTheResult()
    {
        // Ordinary least squares, whatever the priors of the coefficients.
        var (model, data) = Samples.Regression();
        var x = data.Values["x"].ToDoubles();
        var design = Matrix<double>.Build.Dense(13, 4, (i, j) => j == 0 ? 1 : x[i * 3 + j - 1]);
        var squares = design.TransposeThisAndMultiply(design).Solve(design.TransposeThisAndMultiply(Vector<double>.Build.Dense(data.Values["y"].ToDoubles())));
        var ml = new Ml { Training = new() { Optimizer = new Adam { Rate = 0.05 }, Steps = 1500, Schedule = new CosineSchedule() } };
        var found = ml.Fit(new(model, data, new ReferenceBackend(), 1)).Required.Posterior;
        Assert.True(found.IsPoint);
        Assert.Equal(squares[0], found.Parameters["alpha.loc"][0], 1e-4);
        for (var j = 0; j < 3; j++) Assert.Equal(squares[j + 1], found.Parameters["beta.loc"][j], 1e-4);
        var map = new Map { Training = ml.Training }.Fit(new(model, data, new ReferenceBackend(), 1)).Required.Posterior;
        Assert.NotEqual(squares[1], map.Parameters["beta.loc"][0], 1e-3);
    }

    [Fact]
    public void SitesThatTheLikelihoodDoesNotReachAndRowsOwnValuesAreRefused()
    {
        var (model, data) = Samples.Schools();
        var refused = Assert.IsType<FitOutcome.Refused>(new Ml().Fit(new(model, data, new ReferenceBackend(), 1)));
        Assert.Contains(refused.Diagnostics, d => d.Code == InferenceCodes.Unidentified && d.Message.Contains("fits that row alone"));
        var hierarchy = ModelBuilder.Bind(7, ["y"], b =>
        {
            var scale = b.Draw("scale", HalfNormal.Of(b.Real(1.5)));
            var mu = b.Draw("mu", Normal.Of(b.Real(0), scale));
            b.Draw("y", Normal.Of(mu, b.Real(0.7)).Iid([b.Rows]), perRow: true);
        });
        var explained = new Ml().Explain(hierarchy);
        var only = Assert.Single(explained.Diagnostics);
        Assert.Contains("no likelihood depends on 'scale'", only.Message);
    }

    [Fact]
    public void AFitMayStartAtAPointOfHighestDensity()
    {
        var (model, data) = Samples.Net();
        var request = new FitRequest(model, data, new ReferenceBackend(), 4);
        var start = new MapStart { Steps = 60, Optimizer = new Adam { Rate = 0.02 } };
        var map = new Map { Training = new() { Steps = 60, Optimizer = new Adam { Rate = 0.02 } } }.Fit(request).Required.Posterior;
        // One step of nearly no length shows where the fit started.
        var vi = new Vi { Start = start, Training = new() { Steps = 1, Optimizer = new Sgd { Rate = 1e-12 } } };
        var found = vi.Fit(request).Required;
        var first = Evaluation.InitialValues(found.Posterior.Guide, 4);
        foreach (var (name, value) in found.Posterior.Parameters)
        {
            var expected = name.EndsWith(".loc") ? map.Parameters[name] : first[name];
            for (var i = 0; i < value.Shape.Size; i++) Assert.Equal(expected[i], value[i], 1e-9);
        }
        Assert.Single(found.History);
        // Joint families take the places together.
        var joint = (vi with { Guide = [new(new MultivariateNormalGuide(), "h*"), new(new NormalGuide())] }).Fit(request).Required.Posterior;
        var site = joint.Guide.Parts[0].Sites[0];
        Assert.Equal(map.Parameters[site.Name + ".loc"][0], joint.Parameters["guide.1.loc"][0], 1e-9);
        // Nothing else changes: the same fit again is the same, bit for bit, and so is one that starts at the prior and says so.
        Assert.Equal(found.Posterior.Parameters.Values.Select(v => v[0]), vi.Fit(request).Required.Posterior.Parameters.Values.Select(v => v[0]));
        var (silent, said) = (vi with { Start = new Vi().Start }, vi with { Start = new PriorStart() });
        Assert.Equal(silent.Fit(request).Required.Posterior.Parameters.Values.Select(v => v[0]), said.Fit(request).Required.Posterior.Parameters.Values.Select(v => v[0]));
    }
}
