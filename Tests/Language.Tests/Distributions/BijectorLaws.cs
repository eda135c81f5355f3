using ProbNet.Graph;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>What every bijector satisfies.</summary>
public class BijectorLaws
{
    public static TheoryData<string> Names => [.. BijectorTable.All.Select(b => b.Bijector.Name)];

    private static (Bijector Bijector, Support Codomain) Named(string name) => BijectorTable.All.Single(b => b.Bijector.Name == name);

    /// <summary>Unconstrained points [n] + event, from the middle to far out.</summary>
    internal static Tensor Points(Bijector bijector, double size)
    {
        const int n = 7;
        var shape = UnconstrainedEvent(bijector);
        var values = new double[n * shape.Size];
        for (var i = 0; i < values.Length; i++) values[i] = size * Math.Sin(0.3 + 1.9 * i);
        return Run.Constants(DType.F64, shape.Prepend(n), values);
    }

    internal static Shape UnconstrainedEvent(Bijector bijector) => bijector.EventRank switch
    {
        0 => [],
        1 => bijector.UnconstrainedShape([5]),
        _ => bijector.UnconstrainedShape([3, 3]),
    };

    [Theory, MemberData(nameof(Names))]
    public void Forward_then_inverse_is_the_identity(string name)
    {
        var (bijector, codomain) = Named(name);
        foreach (var size in new[] { 1e-8, 0.7, 8, 25.0 })
        {
            var u = Points(bijector, size);
            var results = Run.Values([u, bijector.Inverse(bijector.Forward(u)), bijector.Forward(u)]);
            Assert.Equal(bijector.UnconstrainedShape(results[2].Shape), results[0].Shape);
            for (var i = 0; i < results[0].Shape.Size; i++)
            {
                // Numbers near 1 resolve a distance of 2^-53 to the end, so that u is known to e^|u| roundings there.
                var bound = 1e-15 * Math.Exp(Math.Abs(results[0][i])) * 8 + 1e-13;
                // A step of an ascending vector is known to a rounding of its largest component.
                if (codomain is Support.Ordered) bound *= Math.Exp(size);
                if (codomain is Support.Ordered && bound > 1) continue;
                Run.Close(results[1][i], results[0][i], bound, name);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Inverse_then_forward_is_the_identity_to_full_relative_precision(string name)
    {
        var (bijector, codomain) = Named(name);
        double[] scalars = codomain switch
        {
            Support.Real => [-1e300, -2.5, 1e-300, 7],
            Support.Positive => [1e-300, 1e-17, 3e-5, 0.4, 1, 33, 745, 1e6],
            Support.Interval => [-1.5 + 1e-9, -1.4, 0.5, 19, 40 - 1e-9],
            Support.Above => [-7.25 + 1e-8, -7, 2, 1e6],
            Support.UnitInterval => [1e-300, 1e-17, 0.3, 0.5, 0.9, 1 - 1e-10],
            _ => [],
        };
        // Beyond scalars, forward images of spread-out points serve.
        var values = scalars.Length > 0 ? Run.Constants(DType.F64, [scalars.Length], scalars) : bijector.Forward(Points(bijector, 9));
        var (before, after) = (Run.Value(values), Run.Value(bijector.Forward(bijector.Inverse(values))));
        // A logarithm of size 700 carries a rounding of 700 eps into the exponential.
        for (var i = 0; i < before.Shape.Size; i++) Run.Close(after[i], before[i], 4e-13 * Math.Abs(before[i]), name);
    }

    [Theory, MemberData(nameof(Names))]
    public void Images_lie_in_the_support(string name)
    {
        var (bijector, codomain) = Named(name);
        foreach (var type in new[] { DType.F64, DType.F32 })
        {
            foreach (var size in new[] { 0.5, 20, 80.0 })
            {
                var image = bijector.Forward(Convert(Points(bijector, size), type));
                Assert.Equal(type, image.DType);
                if (Membership.Outside(codomain, image) is not { } outside) continue;
                Assert.All(Run.Value(outside).ToDoubles(), o => Assert.Equal(0, o));
            }
        }
    }

    /// <summary>log |det| of the matrix of derivatives, row by row from reverse mode, over the components that are free to vary.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Log_determinant_is_that_of_the_jacobian(string name)
    {
        var (bijector, codomain) = Named(name);
        foreach (var size in new[] { 0.4, 3.0 })
        {
            var u = Points(bijector, size);
            var y = bijector.Forward(u);
            var (n, outputs, inputs) = (u.Shape[0], y.Shape[1..].Size, u.Shape[1..].Size);
            var free = Enumerable.Range(0, outputs).Where(i => codomain switch
            {
                Support.Simplex => i < outputs - 1,
                Support.LowerCholesky => i / y.Shape[^1] >= i % y.Shape[^1],
                Support.CorrelationCholesky => i / y.Shape[^1] > i % y.Shape[^1],
                _ => true,
            }).ToArray();
            Assert.Equal(inputs, free.Length);
            Tensor Component(int i) => Reshape(Composite.OneHot(Full(DType.I64, [n], i), outputs, DType.F64), y.Shape);
            var rows = Array.ConvertAll(free, i => Run.Value(Vjp.Gradients(y, [u], Component(i))[0]));
            var claimed = Run.Value(bijector.LogDetJacobian(u));
            Assert.Equal(new int[] { n }, claimed.Shape);
            for (var p = 0; p < n; p++)
            {
                var jacobian = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(inputs, inputs, (i, j) => rows[i][p * inputs + j]);
                var expected = Math.Log(Math.Abs(jacobian.Determinant()));
                Run.Close(claimed[p], expected, 1e-10 * (1 + Math.Abs(expected)), name);
            }
        }
    }

    /// <summary>The determinant, too, keeps its meaning far out, where derivatives underflow.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Log_determinant_is_finite_far_out(string name)
    {
        var bijector = Named(name).Bijector;
        var u = Points(bijector, 3000);
        var determinant = bijector.LogDetJacobian(u);
        foreach (var result in Run.Values([determinant, Vjp.Gradients(determinant, [u])[0]]))
            Assert.All(result.ToDoubles(), v => Assert.True(double.IsFinite(v), name));
    }

    [Fact]
    public void The_origin_of_a_simplex_is_its_centre() =>
        Assert.All(Run.Value(SimplexBijector.Value.Forward(Run.Constants(DType.F64, [6], new double[6]))).ToDoubles(), p => Run.Close(p, 1.0 / 7, 1e-15, "piece"));

    [Fact]
    public void Every_continuous_support_has_one_and_no_discrete_support_has()
    {
        var supports = typeof(Support).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(Support)))
            .Select(t => (Support)Activator.CreateInstance(t, [.. t.GetConstructors()[0].GetParameters().Select(p => p.ParameterType == typeof(Limit) ? (Limit)"low" : (object)"logits")])!);
        Assert.All(supports, s => Assert.Equal(s.IsDiscrete, BijectorTable.For(s, _ => Run.Constants(DType.F64, [], [0.7])) is null));
    }
}
