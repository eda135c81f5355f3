using ProbNet.Graph;
using ProbNet.Inference.Posteriors;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;
using LaplaceFamily = ProbNet.Language.Distributions.Laplace;

namespace ProbNet.Inference.Curvature;

/// <summary>
/// The curvature of a likelihood in the table f of its distribution's arguments, for each independent element: the Hessian in f of a scalar c(f).
/// </summary>
/// <remarks>
/// The expected Fisher information is the Hessian of KL(p(. | f0) || p(. | f)) at f = f0 (Kullback, Information theory and statistics (1959), ch. 2, sec. 6), so every pair of one family in
/// <see cref="Kl"/> gives it exactly; where there is none, a site with finitely many labels has the cross-entropy summed over them, and a few families the quadratic form of their known information.
/// </remarks>
internal static class LikelihoodInformation
{
    /// <summary>
    /// The matrices of the generalised Gauss–Newton curvature, [elements, width, width]: -d² log p(y | f) / df² at the observed y where log p is concave in f. Elsewhere this is not positive semi-definite
    /// for every y (a normal whose mean and scale both vary), and its expectation, the Fisher information, takes its place where it is known; else negative eigenvalues are to be dropped.
    /// </summary>
    public static Tensor GaussNewton(LikelihoodArguments arguments, Tensor f) =>
        !IsConcave(arguments) && Expected(arguments, f) is { } expected ? expected : Observed(arguments, f);

    /// <summary>The expected Fisher information in f, [elements, width, width], or null where it is not known in closed form.</summary>
    public static Tensor? Expected(LikelihoodArguments arguments, Tensor f)
    {
        var (hole, centre) = (Input("f", f.DType, f.Shape), Input("f0", f.DType, f.Shape));
        return Divergence(arguments, arguments.At(centre), arguments.At(hole)) is { } c
            ? Substitution.Apply([Hessian(c, hole, arguments.Width)], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [hole] = f, [centre] = f })[0]
            : null;
    }

    private static Tensor Observed(LikelihoodArguments arguments, Tensor f)
    {
        var hole = Input("f", f.DType, f.Shape);
        var c = -SumAll(arguments.At(hole).LogDensity(arguments.Site.Value));
        return Substitution.Apply([Hessian(c, hole, arguments.Width)], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [hole] = f })[0];
    }

    // Elements are independent, so the derivative of all gradients of component j together has row j of every element's matrix.
    private static Tensor Hessian(Tensor c, Tensor hole, int width)
    {
        var gradient = Vjp.Gradients(c, [hole])[0];
        return Stack(Enumerable.Range(0, width).Select(j => Vjp.Gradients(SumAll(Index(gradient, 1, j)), [hole])[0]), 1);
    }

    private static Tensor? Divergence(LikelihoodArguments arguments, Instance there, Instance here)
    {
        switch (there.Family)
        {
            // The divergence of two Laplace laws has no second derivative by rules at equal locations; both informations are 1 / scale².
            case LaplaceFamily:
                return SumAll((Square(here.Arguments[0] - there.Arguments[0]) + Square(here.Arguments[1] - there.Arguments[1])) / Square(there.Arguments[1]) * 0.5);
            // Lange, Little, Taylor, Robust statistical modeling using the t distribution, JASA 84 (1989), appendix B: (df+1)/((df+3) s²) for the location and 2 df/((df+3) s²) for the scale.
            case StudentT when arguments.Parts.All(p => p.Index > 0):
                var (df, scale) = (there.Arguments[0], there.Arguments[2]);
                return SumAll(((df + 1) * Square(here.Arguments[1] - there.Arguments[1]) + 2 * df * Square(here.Arguments[2] - there.Arguments[2])) / ((df + 3) * Square(scale)) * 0.5);
        }
        if (Kl.TryBetween(there, here) is { } kl) return SumAll(kl);
        var labels = Outcome.Labels(there);
        return labels.IsEmpty ? null : -labels.Select(l => SumAll(Exp(there.LogDensity(l)) * here.LogDensity(l))).Aggregate((a, b) => a + b);
    }

    // Families whose log-density is concave in the unconstrained form of the arguments named, for every value.
    private static bool IsConcave(LikelihoodArguments arguments)
    {
        var varying = arguments.Parts.Map(p => arguments.Site.Distribution.Family.Parameters[p.Index].Name);
        return arguments.Site.Distribution.Family switch
        {
            Normal or MultivariateNormal or LogNormal or LogitNormal or Logistic or Gumbel => varying == ["loc"],
            Categorical or OneHotCategorical or Bernoulli or Binomial or Multinomial or Poisson or Exponential or Geometric => true,
            _ => false,
        };
    }
}
