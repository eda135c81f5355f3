using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Decided meanings that no law implies: conversions, infinities, ties, failures.</summary>
public sealed class MeaningTests
{
    [Fact]
    public void ConversionsTruncateAndSaturate()
    {
        var x = Eval.F64("x", [7]);
        double[] at = [2.9, -2.9, double.NaN, 1e30, -1e30, 0, -0.4];
        var integers = Reference.Evaluate(new([x], [("y", Convert(x, DType.I64))]), [HostTensor.Of([7], at)])[0];
        Assert.Equal([2L, -2, 0, long.MaxValue, long.MinValue, 0, 0], integers.Span<long>().ToArray());
        Assert.Equal([1, 1, 1, 1, 1, 0, 1], Eval.Of(Convert(x, DType.Bool), (x, at)));
        var n = Constant(HostTensor.Of([1], [16777217L]));
        Assert.Equal(16777216, Eval.Of(Convert(n, DType.F32))[0]);
        Assert.Equal(16777217, Eval.Of(Convert(n, DType.F64))[0]);
    }

    [Fact]
    public void MaximaPropagateNaNAndTakeTheFirstTie()
    {
        Assert.True(double.IsNaN(Eval.At(x => Max(x, Like(x, double.NaN)), 1)));
        Assert.True(double.IsNaN(Eval.At(x => Min(Like(x, double.NaN), x), 1)));
        var row = Eval.F64("x", [4]);
        Assert.Equal(1, Eval.Of(ArgMax(row), (row, [1, 3, 3, 2]))[0]);
        Assert.Equal(2, Eval.Of(ArgMax(row), (row, [1, double.PositiveInfinity, double.NaN, double.NaN]))[0]);
        Assert.True(double.IsNaN(Eval.Of(ReduceMax(row, 0), (row, [1, double.PositiveInfinity, double.NaN, 2]))[0]));
        Assert.Equal(double.NegativeInfinity, Eval.Of(ReduceMax(Constant(HostTensor.Of([0], Array.Empty<double>())), 0))[0]);
        Assert.Equal(0, Eval.Of(Sum(Constant(HostTensor.Of([0], Array.Empty<double>())), 0))[0]);
    }

    [Fact]
    public void AMatrixThatIsNotPositiveDefiniteFactorsToNaN()
    {
        var x = Eval.F64("x", [2, 2, 2]);
        const double nan = double.NaN;
        Assert.Equal([nan, 0, nan, nan, 2, 0, 1.5, Math.Sqrt(1.75)], Eval.Of(Cholesky(x), (x, [1, 2, 2, 1, 4, 0, 3, 4])));
    }

    [Fact]
    public void SinglePrecisionSumsAreRoundedOnce()
    {
        var x = Input("x", DType.F32, [3]);
        Assert.Equal(1e8f + 16, Eval.Of(Sum(x, 0), (x, [1e8, 7, 7]))[0], 8.0);
        Assert.Equal((float)(1e8 + 14), Eval.Of(Sum(x, 0), (x, [1e8, 7, 7]))[0]);
    }

    [Fact]
    public void IndicesOutsideTheAxisAreFaults()
    {
        var x = Eval.F64("x", [3]);
        var i = Input("i", DType.I64, [1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Eval.Of(Gather(x, i), (x, [1, 2, 3]), (i, [3])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Eval.Of(Gather(x, i), (x, [1, 2, 3]), (i, [-1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Eval.Of(ScatterAdd([3], i, Constant(HostTensor.Of([1], [1.0]))), (i, [3])));
    }

    [Fact]
    public void MixedTypesAreRefused()
    {
        var (single, wide, integer) = (Input("s", DType.F32, [2]), Eval.F64("d", [2]), Input("i", DType.I64, [2]));
        Assert.Throws<ShapeException>(() => single + wide);
        Assert.Throws<ShapeException>(() => wide * integer);
        Assert.Throws<ShapeException>(() => integer / integer);
        Assert.Throws<ShapeException>(() => Exp(integer));
        Assert.Throws<ShapeException>(() => Select(Less(wide, wide), single, wide));
        Assert.Throws<ShapeException>(() => Tensor.Create(OpCode.Add, [wide, Eval.F64("r", [1])], Attributes.None.Value));
        Assert.Throws<ShapeException>(() => wide + Eval.F64("r", [3]));
    }
}
