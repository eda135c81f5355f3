using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Estimators;

/// <summary>Which uses of a weight the estimators cover, and the reasons for those they do not.</summary>
public class LinearUseTests
{
    private static SitePlan Plan(Estimator estimator, Func<ModelBuilder, Tensor, Tensor> mean, Instance? prior = null, GuideFamily? family = null)
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var w = b.Draw("w", prior ?? Normal.Of(b.Real(0), b.Real(1)).Iid([3, 5]));
            b.Draw("y", Normal.Of(mean(b, w), b.Real(0.5)), perRow: true);
        });
        return Elbo.Build(model, Evaluation.Plan(model, family ?? new NormalGuide()), estimator).Sites.Single(s => s.Site == "w");
    }

    private static Tensor X(ModelBuilder b) => b.PerRow("x", [3]);

    private static void Covered(Func<ModelBuilder, Tensor, Tensor> mean, Instance? prior = null)
    {
        var flipout = Plan(new FlipoutEstimator(), mean, prior);
        Assert.True(flipout.Estimator == "flipout", flipout.Reason);
        var local = Plan(new LocalEstimator(), mean, prior);
        Assert.True(local.Estimator == "local", local.Reason);
    }

    private static void Falls(string because, Func<ModelBuilder, Tensor, Tensor> mean, Instance? prior = null, GuideFamily? family = null)
    {
        foreach (var estimator in (Estimator[])[new FlipoutEstimator(), new LocalEstimator()])
        {
            var plan = Plan(estimator, mean, prior, family);
            Assert.True(plan.Estimator == "shared" && plan.Reason.Contains(because), $"{plan.Estimator}: {plan.Reason}");
        }
    }

    [Fact]
    public void ProductsWithRowsAreCovered()
    {
        Covered((b, w) => MatMul(X(b), w));
        Covered((b, w) => Relu(MatMul(X(b), w)) * 2);
        // Reached through movements that keep components apart.
        Covered((b, w) => MatMul(X(b), TransposeLast(TransposeLast(w))));
        Covered((b, w) => MatMul(X(b), Reshape(Reshape(w, [15]), [3, 5])));
        Covered((b, w) => MatMul(X(b), SliceAxis(w, 1, 1, 4)));
        // The weight on the left.
        Covered((b, w) => TransposeLast(MatMul(TransposeLast(w), TransposeLast(X(b)))));
        // A vector of weights.
        Covered((b, w) => Reshape(MatMul(X(b), Reshape(w, [3, 1])), [b.Rows]), prior: Normal.Of(Constant(DType.F64, 0), Constant(DType.F64, 1)).Iid([3]));
        // Affine maps of each component: non-centred and scaled weights.
        Covered((b, w) => MatMul(X(b), w * 0.3 + 0.1));
        Covered((b, w) => MatMul(X(b), 2 - w / Full(DType.F64, [3, 5], 4)));
        Covered((b, w) => MatMul(X(b), w * b.Draw("tau", HalfNormal.Of(b.Real(1)).Iid([3, 1]))));
        // A sequence of 4 positions: all meet the same weights, which local draws for each row.
        Covered((b, w) => Sum(MatMul(BroadcastTo(ExpandDims(X(b), 1), [b.Rows, 4, 3]), w), 1));
        // One position only.
        Covered((b, w) => Sum(MatMul(ExpandDims(X(b), 1), w), 1));
        // Features computed by other draws.
        Covered((b, w) => MatMul(Tanh(X(b) * b.Draw("a", Normal.Of(b.Real(1), b.Real(0.1)))), w));
    }

    [Fact]
    public void OtherUsesFallBackWithTheReason()
    {
        Falls("used twice", (b, w) => MatMul(X(b), w) + MatMul(X(b) * 2, w));
        Falls("used twice", (b, w) => MatMul(X(b), w) + Sum(w, 0));
        Falls("broadcast addition", (b, w) => Full(DType.F64, [b.Rows, 5], 0) + w, Normal.Of(Constant(DType.F64, 0), Constant(DType.F64, 1)).Iid([5]));
        Falls("not linear", (b, w) => MatMul(X(b), Exp(w)));
        Falls("not linear", (b, w) => MatMul(X(b), 1 / w));
        Falls("holds no data rows", (b, w) => BroadcastTo(Sum(MatMul(Full(DType.F64, [2, 3], 1), w), 0), [b.Rows, 5]) + X(b).Column(0));
        Falls("repeated by broadcasting", (b, w) => Sum(BroadcastTo(w, [b.Rows, 3, 5]) * ExpandDims(X(b), 2), 1));
        Falls("constrained", (b, w) => MatMul(X(b), w), HalfNormal.Of(Constant(DType.F64, 1)).Iid([3, 5]));
        Falls("no independent normal components", (b, w) => MatMul(X(b), w), family: new MultivariateNormalGuide());
        Falls("no independent normal components", (b, w) => MatMul(X(b), w), family: new DeltaGuide());
    }

    [Fact]
    public void RowsThatMeetAfterTheProductForbidNoiseOfTheirOwn()
    {
        // The mean over rows of the product enters each row: centring, as in batch normalisation.
        Falls("do not stay apart", (b, w) =>
        {
            var h = MatMul(X(b), w);
            return h - BroadcastTo(Mean(h, 0), h.Shape);
        });
    }

    [Fact]
    public void AUseInAnotherSitesPriorIsASecondUse()
    {
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var x = b.PerRow("x", [3]);
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([3, 1]));
            var mu = b.Draw("mu", Normal.Of(SumAll(w), b.Real(1)));
            b.Draw("y", Normal.Of(Reshape(MatMul(x, w), [b.Rows]) + mu, b.Real(0.5)), perRow: true);
        });
        var sites = Elbo.Build(model, Evaluation.Plan(model, new NormalGuide()), new FlipoutEstimator()).Sites;
        Assert.Contains("used twice", sites.Single(s => s.Site == "w").Reason);
    }

    [Fact]
    public void AWeightWhosePriorHasNoClosedFormIsStillCovered()
    {
        // The prior's own term is estimated by a draw of its own, apart from the product's noise.
        var prior = NormalScaleMixture.Of(Constant(DType.F64, 0.5), Constant(DType.F64, 1), Constant(DType.F64, 0.1)).Iid([3, 5]);
        Covered((b, w) => MatMul(X(b), w), prior: prior);
        Assert.Equal("by the draw", Plan(new FlipoutEstimator(), (b, w) => MatMul(X(b), w), prior).Kl);
    }
}

internal static class ColumnShorthand
{
    public static Tensor Column(this Tensor x, int j) => SliceAxis(x, 1, j, j + 1);
}
