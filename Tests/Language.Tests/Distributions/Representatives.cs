using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>
/// Families made from other families that stand for their construction in the laws, with arguments and values to run them at. Every construction has at
/// least one. Probabilities are dyadic: rounded to single precision they still sum to 1.
/// </summary>
internal static class Representatives
{
    public static EqArray<CompositeFamily> All { get; } =
    [
        new Mixture(Normal.Family)
        {
            Cases =
            [
                new([Vector(0.3125, 0.6875), Vector(-1.1, 0.8), Vector(0.6, 1.3)], Numbers(-1.4, 0.2, 3.7)),
                new([Vector(0.25, 0, 0.75), Vector(1, 2, 4), Vector(1.5, 0.3, 0.8)], Numbers(1.2, 60)),
                new([Vector(1e-12, 1), Vector(0, 3), Vector(40, 2)], Numbers(4, 500, -1e5)),
            ],
        },
        new Mixture(Poisson.Family)
        {
            Cases =
            [
                new([Vector(0.375, 0.625), Vector(1.7, 9.5)], Counts(0, 4, 30)),
                new([Vector(1, 0), Vector(0.2, 430)], Counts(0, 9)),
            ],
        },
        new Mixture(MultivariateNormal.Family)
        {
            Cases = [new([Vector(0.375, 0.625), Matrix(2, 2, 0.3, -0.9, 1.1, 0.4), HostTensor.Of([2, 2, 2], [1.2, 0, 0.5, 0.9, 0.8, 0, -0.3, 1.1])], [Vector(0.1, -0.2), Vector(3.1, 2.2)])],
        },
        new MixtureOf([Gamma.Family, LogNormal.Family])
        {
            Cases =
            [
                new([Vector(0.4375, 0.5625), HostTensor.Scalar(DType.F64, 2.3), HostTensor.Scalar(DType.F64, 1.7), HostTensor.Scalar(DType.F64, 0.4), HostTensor.Scalar(DType.F64, 0.7)], Numbers(0.2, 1.5, 11)),
            ],
        },
        new MixtureOf([Normal.Family, NormalScaleMixture.Family])
        {
            Cases =
            [
                new([Vector(0.5625, 0.4375), .. Numbers(0.6, 1.2, 0.35, 1.7, 0.9)], Numbers(-0.3, 0.9, 8)),
            ],
        },
        new ZeroInflated(Poisson.Family)
        {
            Cases =
            [
                new(Numbers(0.3, 2.6), Counts(0, 1, 12)),
                new(Numbers(1e-9, 350), Counts(0, 340)),
                new(Numbers(0.999, 0.02), Counts(0, 1, 4)),
            ],
        },
        new OrderedIid(Normal.Family, 2)
        {
            Cases = [new(Numbers(0.7, 1.3), [Vector(-0.4, 1.9), Vector(0.7, 0.71)]), new(Numbers(-30, 4), [Vector(-32, 5)])],
        },
        new HiddenMarkov(Normal.Family)
        {
            Cases =
            [
                new([Vector(0.375, 0.625), Matrix(2, 2, 0.75, 0.25, 0.3125, 0.6875), Matrix(2, 2, -0.9, 0.8, -0.7, 1.1), Matrix(2, 2, 1.1, 0.9, 0.8, 1.3)], [Vector(-0.6, 1.4), Vector(3.1, -2.7)]),
                new([Vector(1, 0), Matrix(2, 2, 1, 0, 0.25, 0.75), Matrix(2, 2, 0.3, 0.8, 0.9, 1.1), Matrix(2, 2, 0.7, 0.9, 0.8, 1.3)], [Vector(0.6, 1.4), Vector(30, -20)]),
            ],
        },
        new Truncated(Normal.Family, below: true, above: false)
        {
            Cases = [new(Numbers(0.4, 0.7, 1.3), Numbers(0.4, 0.9, 4)), new(Numbers(4, 0, 1), Numbers(4, 4.7, 11)), new(Numbers(-6, 0.7, 1.3), Numbers(-5, 0.7))],
        },
        new Truncated(LogNormal.Family, below: false, above: true)
        {
            Cases = [new(Numbers(2.6, 0.3, 0.8), Numbers(0.2, 1.7, 2.6))],
        },
        new Truncated(Exponential.Family, below: true, above: true)
        {
            Cases = [new(Numbers(0.7, 3.1, 1.3), Numbers(0.7, 1.1, 3.1)), new(Numbers(0, 0.25, 0.5), Numbers(0.01, 0.2)), new(Numbers(8, 12, 1), Numbers(8, 9))],
        },
        GaussianRandomWalk.Family,
        Autoregressive.Family,
    ];

    public static CompositeFamily? Find(string name) => All.FirstOrDefault(f => f.Name == name);

    private static HostTensor Vector(params double[] values) => HostTensor.Of([values.Length], values);

    private static HostTensor Matrix(int rows, int columns, params double[] values) => HostTensor.Of([rows, columns], values);

    private static EqArray<HostTensor> Numbers(params double[] values) => values.Select(v => HostTensor.Scalar(DType.F64, v)).ToEqArray();

    private static EqArray<HostTensor> Counts(params long[] values) => values.Select(v => HostTensor.Scalar(v)).ToEqArray();
}
