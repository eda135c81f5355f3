using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Distributions;

/// <summary>A family with arguments: a distribution over tensors of a fixed shape.</summary>
/// <param name="Family">The family.</param>
/// <param name="Arguments">Arguments, each of shape <paramref name="Batch"/> followed by its event axes.</param>
/// <param name="Batch">The batch shape: independent components, including those of <c>iid</c>.</param>
public sealed record Instance(Distribution Family, EqArray<Tensor> Arguments, Shape Batch)
{
    /// <summary>The family applied to arguments broadcast to their common batch shape.</summary>
    /// <exception cref="ShapeException">The batch shapes do not broadcast.</exception>
    public static Instance Of(Distribution family, params ReadOnlySpan<Tensor> arguments)
    {
        var batch = Shape.Scalar;
        for (var i = 0; i < arguments.Length; i++)
        {
            var own = arguments[i].Shape[..^family.Parameters[i].EventRank];
            batch = Shape.Broadcast(batch, own)
                ?? throw new ShapeException(OpCode.Broadcast, $"arguments of {family.Name} have batch shapes {batch} and {own}");
        }
        return new Instance(family, BroadcastAll(family, arguments, batch), batch);
    }

    /// <summary>The shape of one value: batch, then event.</summary>
    public Shape Shape => Batch.Concat(EventShape);

    /// <summary>The shape of one event.</summary>
    public Shape EventShape => Family.EventShape(ParameterEvents);

    /// <summary>This distribution repeated independently, with new leading axes.</summary>
    public Instance Iid(Shape leading)
    {
        var batch = leading.Concat(Batch);
        return new Instance(Family, BroadcastAll(Family, Arguments.AsSpan(), batch), batch);
    }

    /// <summary>log p of a value of <see cref="Shape"/>, one number for each batch component.</summary>
    /// <exception cref="ShapeException">The value has another shape: values are never broadcast against their distribution.</exception>
    public Tensor LogDensity(Tensor value) =>
        value.Shape == Shape ? Family.LogDensity(value, Arguments)
        : throw new ShapeException(OpCode.Broadcast, $"a value of shape {value.Shape} for a {Family.Name} of shape {Shape}");

    /// <summary>A draw.</summary>
    public Tensor Sample(RandomSource random) =>
        Family.Sample(random, Arguments.Map(a => BroadcastTo(a, random.Draw.Shape.Concat(a.Shape))));

    /// <summary>The mean, of <see cref="Shape"/>, or null where there is none or no closed form.</summary>
    public Tensor? Mean() => Family.Mean(Arguments);

    /// <summary>The variance of each component, of <see cref="Shape"/>, or null.</summary>
    public Tensor? Variance() => Family.Variance(Arguments);

    /// <summary>The entropy in nats, one number for each batch component, or null.</summary>
    public Tensor? Entropy() => Family.Entropy(Arguments);

    /// <summary>The same distribution with every argument mapped, e.g. by substitution.</summary>
    public Instance MapArguments(Func<Tensor, Tensor> f) => this with { Arguments = Arguments.Map(f) };

    private EqArray<Shape> ParameterEvents => Enumerable.Range(0, Arguments.Count).Select(i => Arguments[i].Shape[Batch.Rank..]).ToEqArray();

    private static EqArray<Tensor> BroadcastAll(Distribution family, ReadOnlySpan<Tensor> arguments, Shape batch)
    {
        var result = new Tensor[arguments.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var events = arguments[i].Shape[^family.Parameters[i].EventRank..];
            var own = arguments[i].Shape[..^family.Parameters[i].EventRank];
            // Missing leading axes come before the event axes, so they are inserted as 1s and then repeated.
            var padded = Shape.Create([.. Enumerable.Repeat(1, batch.Rank - own.Rank), .. own]);
            result[i] = BroadcastTo(Reshape(arguments[i], padded.Concat(events)), batch.Concat(events));
        }
        return result.ToEqArray();
    }
}
