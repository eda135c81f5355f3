using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>
/// Rows of the counter-based draws; <see cref="Philox"/> gives the mapping from counters to numbers. Batching keeps it: member b of a batched draw is
/// the draw at counter b, and a parameter batched alone sees the same noise in every member, so that vmap(f)[b] = f(b) exactly.
/// </summary>
internal static class RandomOps
{
    public static OpRule[] Rows =>
    [
        Plain(OpCode.RandomUniform, static (source, e, type) => source.Uniform(e, type)),
        Plain(OpCode.RandomNormal, static (source, e, type) => source.Normal(e, type)),
        Plain(OpCode.RandomSign, static (source, e, _) => source.Sign(e)),
        WithParameter(OpCode.RandomGamma, static (s, e, type, shape) => RandomDraws.Gamma(s.Seed, s.Step, s.Draw, s.Stream, (uint)e, shape, Smallest(type)),
            static (node, g) => g * Pathwise(node.Inputs[3], node), [0.02, 0.7, 1, 3.5, 250]),
        WithParameter(OpCode.RandomPoisson, static (s, e, _, rate) => RandomDraws.Poisson(s.Seed, s.Step, s.Draw, s.Stream, (uint)e, rate), null, [0, 0.7, 9.5, 35, 1e4]),
        Binomial,
        GammaPathwise,
    ];

    /// <summary>One draw's counter.</summary>
    private readonly record struct Source(long Seed, long Step, long Draw, uint Stream)
    {
        private Philox.Words At(int block) => Philox.At(Seed, Step, Draw, Stream, (uint)block);

        public double Uniform(int e, DType type)
        {
            if (type == DType.F32) return Philox.UniformF32(At(e / 4)[e % 4]);
            var words = At(e / 2);
            return Philox.UniformF64(words[2 * (e % 2)], words[2 * (e % 2) + 1]);
        }

        public double Normal(int e, DType type)
        {
            var (cosine, sine) = Philox.BoxMuller(Uniform(e & ~1, type), Uniform(e | 1, type));
            return (e & 1) == 0 ? cosine : sine;
        }

        public double Sign(int e) => ((At(e / 128)[e % 128 / 32] >> (e % 32)) & 1) == 1 ? 1 : -1;
    }

    private static OpRule Plain(OpCode op, Func<Source, int, DType, double> element) => new()
    {
        Op = op,
        Kind = OpKind.Random,
        Infer = (x, a) => Infer(op, x, a, 3),
        Evaluate = (node, x) => Fill(node, x, (source, e, _) => element(source, e, node.DType)),
        Vjp = static (_, _) => [null, null, null],
        Batch = Batch,
        Samples = type =>
        [
            new([HostTensor.Scalar(7), HostTensor.Scalar(11), HostTensor.Scalar(3)], new Attributes.RandomSpec(5, [7], type), false),
            new([HostTensor.Scalar((13L << 32) + 17), HostTensor.Scalar(2), HostTensor.Of([2], [0, 19])], new Attributes.RandomSpec(0xFFFFFFFF, [3, 5], type), false),
            new([HostTensor.Scalar(-1), HostTensor.Scalar(-1), HostTensor.Of([2, 3], [0, 1, 2, 3, 4, -5])], new Attributes.RandomSpec(1, [], type), false),
        ],
        // Angle and logarithm may be taken in single precision.
        ToleranceUlps = op == OpCode.RandomNormal ? 64 : 0,
    };

    private static OpRule Binomial => new()
    {
        Op = OpCode.RandomBinomial,
        Kind = OpKind.Random,
        Infer = static (x, a) => InferOfParameters(OpCode.RandomBinomial, x, a, 2),
        Evaluate = static (node, x) => Fill(node, x, (s, e, i) => RandomDraws.Binomial(s.Seed, s.Step, s.Draw, s.Stream, (uint)e, x[3][i], x[4][i])),
        Vjp = static (_, _) => [null, null, null, null, null],
        Batch = Batch,
        Samples = static type =>
        [
            Drawn(HostTensor.Scalar(3), [Elementwise.Cycle(type, [5], 0, 1, 17, 90, 5000), Elementwise.Cycle(type, [5], 0.25, 0, 0.5, 0.875, 0.125)], [5]),
            Drawn(HostTensor.Of([2], [3, 1]), [Elementwise.Cycle(type, [2, 3], 40, 1e6), Elementwise.Cycle(type, [2, 3], 0.03125, 0.75, 1)], [3]),
            Drawn(HostTensor.Scalar(3), [Elementwise.Cycle(type, [6], -1, 2.5, double.NaN, 4, 4, 4), Elementwise.Cycle(type, [6], 0.5, 0.5, 0.5, -0.125, 1.5, double.NaN)], [6]),
        ],
    };

    private static OpRule WithParameter(OpCode op, Func<Source, int, DType, double, double> element, Func<Tensor, Tensor, Tensor>? derivative, double[] points) => new()
    {
        Op = op,
        Kind = OpKind.Random,
        Infer = (x, a) => InferOfParameters(op, x, a, 1),
        Evaluate = (node, x) => Fill(node, x, (source, e, i) => element(source, e, node.DType, x[3][i])),
        Vjp = (node, g) => [null, null, null, derivative is null ? null : Masked.Chain(g, h => derivative(node, h))],
        Batch = Batch,
        Samples = type =>
        [
            Drawn(HostTensor.Scalar(3), [Elementwise.Cycle(type, [5], points)], [5]),
            Drawn(HostTensor.Of([2], [3, 1]), [Elementwise.Cycle(type, [2, 3], points)], [3]),
            Drawn(HostTensor.Scalar(3), [Elementwise.Cycle(type, [2], -1, double.NaN)], [2]),
        ],
    };

    /// <summary>
    /// With G(a, x) = -(dP/da)/p for the distribution function P and density p of Gamma(a, 1): dG/dx = psi(a) - log x - G ((a - 1)/x - 1) in closed form;
    /// dG/da, which has none, by the fourth-order central difference in double precision (relative error about 1e-9).
    /// </summary>
    private static OpRule GammaPathwise => Elementwise.Binary(OpCode.GammaPathwise, SpecialFunctions.GammaPathwise, (PathwiseByShape, PathwiseBySample), []) with
    {
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [3, 2], 0.7, 1, 3.5, 20), Elementwise.Cycle(type, [3, 2], 0.5, 3, 7, 17, 0.1, 1.2)], Attributes.None.Value),
            new(
                [Elementwise.Cycle(type, [3, 5], 0.02, 0.7, 1, 3.5, 250), Elementwise.Cycle(type, [3, 5], 0.5, 1e-6, 3, 7, 240, 1e-20, 0.1, 1.2, 2, 290)],
                Attributes.None.Value,
                false),
            new([Elementwise.Cycle(type, [5], 1, 2, double.NaN, 0, -1), Elementwise.Cycle(type, [5], 0, double.PositiveInfinity, 1, 1, 1)], Attributes.None.Value, false),
        ],
        ToleranceUlps = 256,
    };

    private static Tensor Pathwise(Tensor shape, Tensor sample) => Tensor.Create(OpCode.GammaPathwise, [shape, sample], Attributes.None.Value);

    private static Tensor PathwiseBySample(Tensor node, Tensor g)
    {
        var (shape, sample) = (node.Inputs[0], node.Inputs[1]);
        return g * (Digamma(shape) - Log(sample) - node * ((shape - 1) / sample - 1));
    }

    private static Tensor PathwiseByShape(Tensor node, Tensor g)
    {
        const double step = 0.01;
        var (shape, sample) = (Convert(node.Inputs[0], DType.F64), Convert(node.Inputs[1], DType.F64));
        var slope = (8 * Difference(step) - Difference(2 * step)) / (12 * step * shape);
        return g * Convert(slope, node.DType);

        Tensor Difference(double h) => Pathwise(shape * (1 + h), sample) - Pathwise(shape * (1 - h), sample);
    }

    private static OpSample Drawn(HostTensor draws, HostTensor[] parameters, Shape shape) =>
        new([HostTensor.Scalar(7), HostTensor.Scalar(11), draws, .. parameters], new Attributes.RandomSpec(5, shape, parameters[0].DType), false);

    private static double Smallest(DType type) => type == DType.F32 ? 1.17549435e-38 : 2.2250738585072014e-308;

    private static TensorType InferOfParameters(OpCode op, ImmutableArray<Tensor> x, Attributes attributes, int parameters)
    {
        var type = Infer(op, x, attributes, 3 + parameters);
        for (var i = 3; i < x.Length; i++)
            Require.That(op, x[i].DType == type.DType && x[i].Shape == type.Shape, $"the parameter {x[i]} is not of the result's type {type.DType.Name()}{type.Shape}");
        return type;
    }

    private static TensorType Infer(OpCode op, ImmutableArray<Tensor> x, Attributes attributes, int arity)
    {
        Require.Arity(op, x, arity);
        var spec = Require.Attribute<Attributes.RandomSpec>(op, attributes);
        Require.That(op, spec.DType.IsFloat(), $"does not draw {spec.DType.Name()}");
        for (var i = 0; i < 3; i++) Require.Type(op, x[i], x[i].DType == DType.I64);
        Require.That(op, x[0].Rank == 0 && x[1].Rank == 0, $"seed {x[0].Shape} and step {x[1].Shape} are not scalars");
        return new(spec.DType, x[2].Shape.Concat(spec.Event));
    }

    private static HostTensor Fill(Tensor node, IReadOnlyList<HostTensor> x, Func<Source, int, int, double> element)
    {
        var spec = (Attributes.RandomSpec)node.Attributes;
        var size = spec.Event.Size;
        var draws = (long[])x[2].Data;
        var values = new double[node.Shape.Size];
        for (var i = 0; i < values.Length; i++)
        {
            var source = new Source(((long[])x[0].Data)[0], ((long[])x[1].Data)[0], draws[i / size], spec.Stream);
            values[i] = element(source, i % size, i);
        }
        return HostTensor.FromDoubles(node.DType, node.Shape, values);
    }

    private static Tensor Batch(Tensor node, ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size)
    {
        if (!batched[0] && !batched[1]) return Tensor.Create(node.Op, LiftFrom(2, operands, batched, size), node.Attributes);
        // Seed and step are scalars: members that differ in them are drawn one by one.
        return Stack(Enumerable.Range(0, size).Select(b => Tensor.Create(node.Op, Member(operands, batched, b), node.Attributes)), 0);
    }

    private static ImmutableArray<Tensor> LiftFrom(int first, ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int size) =>
        [.. operands.Select((x, i) => i < first ? x : Batching.Lift(x, batched[i], size))];

    private static ImmutableArray<Tensor> Member(ImmutableArray<Tensor> operands, ImmutableArray<bool> batched, int member) =>
        [.. operands.Select((x, i) => batched[i] ? Index(x, 0, member) : x)];
}
