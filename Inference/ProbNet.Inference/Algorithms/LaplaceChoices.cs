using ProbNet.Graph;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Algorithms;

/// <summary>What can be chosen about Laplace's approximation.</summary>
public static class LaplaceChoices
{
    /// <summary>What is kept of the curvature.</summary>
    public static ComponentRegistry<LaplaceStructure> Structures { get; } = new("structure", new KroneckerStructure(), new DiagonalStructure(), new FullStructure(), new LastLayerStructure());

    /// <summary>Which curvature of the likelihood.</summary>
    public static ComponentRegistry<LaplaceHessian> Hessians { get; } = new("curvature", new GaussNewtonHessian(), new FisherHessian());

    /// <summary>Where the precision of the prior comes from.</summary>
    public static ComponentRegistry<PriorPrecision> Precisions { get; } = new("prior precision", new ModelPrecision(), new MarginalLikelihoodPrecision(), new ValidationPrecision());

    /// <summary>How draws enter predictions.</summary>
    public static ComponentRegistry<LaplacePredictive> Predictives { get; } = new("predictive", new LinearisedPredictive(), new SamplingPredictive());
}

/// <summary>Which curvature of the likelihood is taken: J^T Λ J with Λ of an observed site's arguments in unconstrained form.</summary>
public abstract record LaplaceHessian : Component
{
    /// <summary>Λ [elements, width, width], or null where it is not known.</summary>
    internal abstract Tensor? Of(LikelihoodArguments arguments, Tensor f);
}

/// <summary>The generalised Gauss–Newton matrix: -d² log p(y | f) / df² at the observed values where that is positive semi-definite by its family, else its expectation.</summary>
public sealed record GaussNewtonHessian : LaplaceHessian
{
    /// <inheritdoc/>
    public override string Name => "ggn";

    /// <inheritdoc/>
    public override string Doc => "generalised Gauss-Newton: the likelihood's curvature at the observed values";

    /// <inheritdoc/>
    public override string Source => "Schraudolph, Fast curvature matrix-vector products for second-order gradient descent, Neural Computation 14 (2002)";

    internal override Tensor? Of(LikelihoodArguments arguments, Tensor f) => LikelihoodInformation.GaussNewton(arguments, f);
}

/// <summary>The expected Fisher information, exact by the family.</summary>
public sealed record FisherHessian : LaplaceHessian
{
    /// <inheritdoc/>
    public override string Name => "fisher";

    /// <inheritdoc/>
    public override string Doc => "expected Fisher information: the likelihood's curvature averaged over outcomes of the model itself";

    /// <inheritdoc/>
    public override string Source => "Martens, New insights and perspectives on the natural gradient method, JMLR 21 (2020), sec. 9";

    internal override Tensor? Of(LikelihoodArguments arguments, Tensor f) => LikelihoodInformation.Expected(arguments, f);
}

/// <summary>How draws of a Laplace approximation enter predictions.</summary>
public abstract record LaplacePredictive : Component;

/// <summary>Through the model linearised at the point, whose curvature the approximation has.</summary>
public sealed record LinearisedPredictive : LaplacePredictive
{
    /// <inheritdoc/>
    public override string Name => "linearised";

    /// <inheritdoc/>
    public override string Doc => "through the model linearised at the point: the model that the Gauss-Newton curvature belongs to";

    /// <inheritdoc/>
    public override string Source => "Immer, Korzepa, Bauer, Improving predictions of Bayesian neural nets via local linearization, AISTATS 2021";
}

/// <summary>Through the model itself.</summary>
public sealed record SamplingPredictive : LaplacePredictive
{
    /// <inheritdoc/>
    public override string Name => "sampling";

    /// <inheritdoc/>
    public override string Doc => "through the model itself, which underfits where weights far from the point are drawn";

    /// <inheritdoc/>
    public override string Source => "Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018";
}

/// <summary>Where the precision of the prior comes from: that of normal priors may be multiplied by a number after training.</summary>
public abstract record PriorPrecision : Component;

/// <summary>The model's.</summary>
public sealed record ModelPrecision : PriorPrecision
{
    /// <inheritdoc/>
    public override string Name => "model";

    /// <inheritdoc/>
    public override string Doc => "the model's priors as they are";

    /// <inheritdoc/>
    public override string Source => "MacKay, A practical Bayesian framework for backpropagation networks, Neural Computation 4 (1992)";
}

/// <summary>The multiplier of the largest evidence.</summary>
public sealed record MarginalLikelihoodPrecision : PriorPrecision
{
    /// <summary>Whether every site has a multiplier of its own.</summary>
    public bool PerSite { get; init; }

    /// <inheritdoc/>
    public override string Name => "marginalLikelihood";

    /// <inheritdoc/>
    public override string Doc => "normal priors with their precision multiplied by the number of the largest Laplace evidence, the point staying where it is";

    /// <inheritdoc/>
    public override string Source => "MacKay, Bayesian interpolation, Neural Computation 4 (1992); Immer et al., Scalable marginal likelihood estimation for model selection in deep learning, ICML 2021";

    /// <inheritdoc/>
    public override EqArray<Option> Options => [Option.Boolean<MarginalLikelihoodPrecision>("perSite", "a multiplier for each site instead of one for all", p => p.PerSite, (p, v) => p with { PerSite = v })];
}

/// <summary>The multiplier of the lowest validation NLL.</summary>
public sealed record ValidationPrecision : PriorPrecision
{
    /// <summary>The number of multipliers tried.</summary>
    public int Points { get; init; } = 13;

    /// <inheritdoc/>
    public override string Name => "validation";

    /// <inheritdoc/>
    public override string Doc => "normal priors with their precision multiplied by the number of the lowest validation NLL";

    /// <inheritdoc/>
    public override string Source => "Ritter, Botev, Barber, A scalable Laplace approximation for neural networks, ICLR 2018, sec. 3";

    /// <inheritdoc/>
    public override EqArray<Option> Options => [Option.Integer<ValidationPrecision>("points", "multipliers tried, evenly in their logarithm from 1e-3 to 1e3", 2, p => p.Points, (p, v) => p with { Points = v })];
}
