using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>One sample of a row as a graph whose inputs are the operands.</summary>
internal sealed record SampleGraph(OpRule Rule, OpSample Sample, ImmutableArray<Tensor> Inputs, Tensor Node)
{
    public static SampleGraph Of(OpRule rule, OpSample sample)
    {
        ImmutableArray<Tensor> inputs = [.. sample.Operands.Select((value, i) => Input($"x{i}", value.DType, value.Shape))];
        return new(rule, sample, inputs, Tensor.Create(rule.Op, inputs, sample.Attributes));
    }

    /// <summary>Every sample of every row for one floating-point type.</summary>
    public static IEnumerable<SampleGraph> All(DType type) => OpTable.All.SelectMany(rule => rule.Samples(type), Of);

    public HostTensor Evaluate(Tensor output) => Evaluate(output, Sample.Operands);

    public HostTensor Evaluate(Tensor output, IReadOnlyList<HostTensor> operands) => Reference.Evaluate(new(Inputs, [("y", output)]), operands)[0];

    public override string ToString() => $"{Rule.Op} of {string.Join(", ", Sample.Operands)} with {Sample.Attributes}";
}
