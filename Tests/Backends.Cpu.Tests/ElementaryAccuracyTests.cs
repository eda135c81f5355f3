using ProbNet.Graph;
using Xunit.Abstractions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Cpu.Tests;

/// <summary>The vector elementary functions over the whole range of numbers, in units of the last place of the exact result.</summary>
public class ElementaryAccuracyTests(ITestOutputHelper output)
{
    private static readonly double[] Special =
    [
        0, -0.0, 1, -1, 0.5, -0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, 1e-310, 1.4e-45, -1.4e-45, 1e-40,
        1.17549435e-38, 3.4e38, -3.4e38, 1.7e308, 88.7, 88.8, 89.5, -87.4, -103.9, -104.1, 709.7, 709.9, -708.3, -745.1, -745.2, 1e-12, -1e-12, 1e-17, 16, -16, 20, 40,
    ];

    // Name, exact function in double, largest error in ulps for single and for double precision. The double bounds include the reference's own error.
    private static readonly (OpCode Op, Func<double, double> Exact, double Single, double Double)[] Functions =
    [
        (OpCode.Exp, Math.Exp, 2, 2),
        (OpCode.Expm1, SpecialFunctions.Expm1, 3, 6),
        (OpCode.Log, Math.Log, 2, 2),
        (OpCode.Log1p, SpecialFunctions.Log1p, 3, 4),
        (OpCode.Tanh, Math.Tanh, 4, 4),
        (OpCode.Sigmoid, SpecialFunctions.Sigmoid, 3, 4),
        (OpCode.Softplus, SpecialFunctions.Softplus, 3, 4),
        (OpCode.Erf, SpecialFunctions.Erf, 3, 4),
        (OpCode.Sqrt, Math.Sqrt, 0.51, 0.01),
        (OpCode.Sin, Math.Sin, 2, 3),
        (OpCode.Cos, Math.Cos, 2, 3),
    ];

    [Fact]
    public void Single_precision_is_within_a_few_ulps()
    {
        var random = new Random(5);
        var values = new List<double>(Special);
        for (var i = 0; i < 60_000; i++) values.Add(BitConverter.Int32BitsToSingle(random.Next() ^ (random.Next(2) << 31)));
        for (var i = 0; i < 60_000; i++) values.Add((float)((random.NextDouble() - 0.5) * (i % 3 == 0 ? 4 : i % 3 == 1 ? 30 : 220)));
        Check(DType.F32, values, f => f.Single, x => MathF.BitIncrement(Math.Abs((float)x)) - Math.Abs((float)x));
    }

    [Fact]
    public void Double_precision_is_within_a_few_ulps()
    {
        var random = new Random(7);
        var values = new List<double>(Special);
        for (var i = 0; i < 60_000; i++) values.Add(BitConverter.Int64BitsToDouble(random.NextInt64() ^ ((long)random.Next(2) << 63)));
        for (var i = 0; i < 60_000; i++) values.Add((random.NextDouble() - 0.5) * (i % 3 == 0 ? 4 : i % 3 == 1 ? 30 : 1500));
        Check(DType.F64, values, f => f.Double, x => Math.BitIncrement(Math.Abs(x)) - Math.Abs(x));
    }

    private void Check(DType type, List<double> values, Func<(OpCode Op, Func<double, double> Exact, double Single, double Double), double> bound, Func<double, double> unit)
    {
        var x = Input("x", type, [values.Count]);
        var operand = HostTensor.FromDoubles(type, [values.Count], values.ToArray());
        foreach (var backend in Harness.Backends)
        {
            foreach (var function in Functions)
            {
                var actual = Harness.Run(backend, new TensorGraph([x], [("y", Unary(function.Op, x))]), [operand])[0];
                double worst = 0, where = 0;
                for (var i = 0; i < values.Count; i++)
                {
                    double exact = function.Exact(operand[i]), rounded = type == DType.F32 ? (float)exact : exact, got = actual[i];
                    if (rounded.Equals(got) || rounded == got) continue;
                    Assert.False(double.IsNaN(rounded) || double.IsNaN(got), $"{function.Op}({operand[i]:G17}) is {got:G17}, not {rounded:G17}");
                    // At the edge of overflow an error of less than a unit may round to infinity.
                    if (double.IsInfinity(rounded) || double.IsInfinity(got))
                    {
                        var largest = type == DType.F32 ? float.MaxValue : double.MaxValue;
                        Assert.True(Math.Abs(double.IsInfinity(rounded) ? got : exact) >= largest * (1 - 1e-6), $"{function.Op}({operand[i]:G17}) is {got:G17}, not {rounded:G17}");
                        continue;
                    }
                    var ulps = Math.Abs(got - exact) / unit(exact);
                    if (ulps > worst) (worst, where) = (ulps, operand[i]);
                }
                output.WriteLine($"{function.Op} {type.Name()}: {worst:F2} ulps at {where:G9}");
                Assert.True(worst <= bound(function), $"{function.Op} {type.Name()} is off by {worst:F2} ulps at {where:G17}");
            }
        }
    }
}
