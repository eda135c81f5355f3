using FsCheck;
using FsCheck.Fluent;
using ProbNet.Inference.Data;
using ProbNet.Inference.Tests.Metrics;

namespace ProbNet.Inference.Tests.Data;

/// <summary>Fitted rescalings.</summary>
public sealed class AffineTests
{
    private static readonly double[] Values = [100, 3, 7, -50, 5, 11];
    private static readonly int[] Training = [1, 2, 4, 5]; // 3, 7, 5, 11

    [Fact]
    public void MinMaxMapsTheTrainingRowsToTheUnitIntervalAndOthersBeyond()
    {
        var fitted = Affine.Fit(Transformation.MinMax, Values, Training, out var constant);
        Assert.Equal((new Affine(3, 8), false), (fitted, constant));
        Assert.Equal((0, 1), (fitted.Transform(3), fitted.Transform(11)));
        Assert.Equal(12.125, fitted.Transform(100)); // not clipped
        Assert.Equal(-6.625, fitted.Transform(-50));
    }

    [Fact]
    public void StandardizeUsesTheTrainingRowsWithNInTheDenominator()
    {
        var fitted = Affine.Fit(Transformation.Standardize, Values, Training, out _);
        Assert.Equal(6.5, fitted.Offset, 1e-14);
        Assert.Equal(Math.Sqrt((12.25 + 0.25 + 2.25 + 20.25) / 4), fitted.Scale, 1e-14);
    }

    [Fact]
    public void AConstantColumnIsShiftedNotDivided()
    {
        foreach (var kind in (Transformation[])[Transformation.MinMax, Transformation.Standardize])
        {
            Assert.Equal(new Affine(0.1, 1), Affine.Fit(kind, [0.1, 7, 0.1, 0.1], [0, 2, 3], out var constant));
            Assert.True(constant);
        }
    }

    [Fact]
    public void ALargeOffsetDoesNotSpoilTheScale() =>
        Assert.Equal(1, Affine.Fit(Transformation.Standardize, [1e9 - 1, 1e9 + 1], [0, 1], out _).Scale, 1e-9);

    [Fact]
    public void OriginalUndoesTransform() =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(2, 9), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var z = Numbers.Normals(seed, 7);
            double[] values = [.. z.Select(x => 40 + 13 * x)];
            return new[] { Transformation.None, Transformation.MinMax, Transformation.Standardize }.All(kind =>
            {
                var fitted = Affine.Fit(kind, values, [0, 2, 3, 5, 6], out _);
                return values.All(v => Math.Abs(fitted.Original(fitted.Transform(v)) - v) < 1e-12 * Math.Abs(v));
            });
        }));

    [Fact]
    public void NoTransformationIsTheIdentity() => Assert.Equal(Affine.Identity, Affine.Fit(Transformation.None, [1, 2, 4], [0, 1], out _));
}
