using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The direction that Stein variational gradient descent follows. With particles u_1 … u_M (all parameters of a particle as one vector), g_j the gradient of the log density at u_j and the kernel
/// k_ij = exp(-|u_i - u_j|^2 / h): phi_i = (1/M) sum_j [k_ij g_j + (2/h) k_ij (u_i - u_j)].
/// </summary>
/// <remarks>
/// Source: Liu and Wang, Stein variational gradient descent, NeurIPS 2016, eq. 8. h is theirs, the median of squared distances divided by log M, with two changes: the mean over pairs i ≠ j in place of the
/// median, which no tensor operation gives, and log(M + 1), which one particle does not make 0. The kernel's sum over other particles is then about 1 as with the median. h is held fixed in derivatives.
/// </remarks>
internal static class SteinDirection
{
    /// <summary>What is descended in place of the gradients of the losses: -phi / N, as the losses are -log density / N.</summary>
    /// <param name="particles">The parameters, each with the particles as the leading axis.</param>
    /// <param name="gradients">The gradients of the losses, of the same shapes.</param>
    /// <param name="rows">N.</param>
    /// <param name="bandwidth">h, or null to choose it.</param>
    public static EqArray<Tensor> Of(EqArray<Tensor> particles, EqArray<Tensor> gradients, int rows, double? bandwidth)
    {
        var count = particles[0].Shape[0];
        // Distances do not change when all move; those of particles that lie close together far from 0 would lose their digits.
        var places = particles.Map(p =>
        {
            var flat = Reshape(p, [count, p.Shape.Size / count]);
            return flat - Mean(flat, 0);
        });
        var products = places.Map(x => MatMul(x, TransposeLast(x))).Aggregate((a, b) => a + b);
        var isSame = Equal(Iota([count, count], 0), Iota([count, count], 1));
        var norms = Sum(Select(isSame, products, Like(products, 0)), 1);
        var distances = Max(Reshape(norms, [count, 1]) + Reshape(norms, [1, count]) - products * 2, Like(products, 0));
        distances = Select(isSame, Like(distances, 0), distances);
        var h = bandwidth is { } given ? Like(distances, given) : Width(distances, count);
        var kernel = Exp(-distances / h);
        var mass = Reshape(Sum(kernel, 1), [count, 1]);
        return places.Zip(gradients, (x, gradient) =>
        {
            var flat = Reshape(gradient, x.Shape);
            var repulsion = (mass * x - MatMul(kernel, x)) * (2.0 / rows) / h;
            return Reshape((MatMul(kernel, flat) - repulsion) / count, gradient.Shape);
        }).ToEqArray();
    }

    private static Tensor Width(Tensor distances, int count)
    {
        if (count == 1) return Like(distances, 1);
        var width = SumAll(distances) * (1.0 / ((double)count * (count - 1) * Math.Log(count + 1.0)));
        // Particles that all lie in one place stay together whatever the width.
        return Select(Less(Like(width, 0), width), width, Like(width, 1));
    }
}
