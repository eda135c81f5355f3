using System.Collections.Immutable;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>The row of the loop over a body graph.</summary>
internal static class LoopOps
{
    public static OpRule[] Rows =>
    [
        new()
        {
            Op = OpCode.Scan,
            Kind = OpKind.Loop,
            Infer = Infer,
            Evaluate = Evaluate,
            Vjp = LoopGradient.Vjp,
            Batch = LoopBatching.Batch,
            Simplify = LoopSimplification.Simplify,
            Samples = LoopSamples.All,
            ToleranceUlps = 256,
        },
    ];

    private static TensorType Infer(ImmutableArray<Tensor> operands, Attributes attributes)
    {
        var loop = Require.Attribute<Attributes.Loop>(OpCode.Scan, attributes);
        var (inputs, outputs) = (loop.Body.Inputs, loop.Body.Outputs);
        Require.That(OpCode.Scan, loop.Length >= 0 && loop.Carries >= 0 && loop.Sequences >= 0 && loop.Constants >= 0, "the counts of carries and sequences do not fit the body");
        Require.Arity(OpCode.Scan, operands, inputs.Length);
        Require.That(OpCode.Scan, outputs.Length > 0 && outputs.Length >= loop.Carries, $"the body gives {outputs.Length} values for {loop.Carries} carries");
        var type = outputs[0].Value.DType;
        foreach (var (name, value) in outputs) Require.That(OpCode.Scan, value.DType == type && type.IsFloat(), $"the body's result '{name}' is {value.DType.Name()}: all are of one floating-point type");
        long size = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var (input, operand) = (inputs[i], operands[i]);
            Require.SameType(OpCode.Scan, input, operand);
            if (i < loop.Carries) Require.SameType(OpCode.Scan, input, outputs[i].Value);
            if (i < loop.Carries) Require.SameShape(OpCode.Scan, input, outputs[i].Value);
            var isSequence = i >= loop.Carries && i < loop.Carries + loop.Sequences;
            var expected = isSequence ? input.Shape.Prepend(loop.Length) : input.Shape;
            Require.That(OpCode.Scan, operand.Shape == expected, $"operand {i} is {operand.Shape}, but the body takes {expected}");
        }
        foreach (var part in loop.Parts) size = checked(size + part.Size);
        return new(type, [checked((int)size)]);
    }

    private static HostTensor Evaluate(Tensor node, IReadOnlyList<HostTensor> operands)
    {
        var loop = (Attributes.Loop)node.Attributes;
        var result = HostTensor.Zeros(node.DType, node.Shape);
        HostTensor[] inputs = [.. operands];
        for (var step = 0; step < loop.Length; step++)
        {
            var at = loop.Reverse ? loop.Length - 1 - step : step;
            for (var s = loop.Carries; s < loop.Carries + loop.Sequences; s++) inputs[s] = Row(operands[s], loop.Body.Inputs[s].Shape, at);
            var values = Reference.Evaluate(loop.Body, inputs);
            for (var (i, start) = (0, 0); i < values.Length; i++)
            {
                var size = values[i].Shape.Size;
                if (i < loop.Carries) inputs[i] = values[i];
                else Array.Copy(values[i].Data, 0, result.Data, start + at * size, size);
                start += i < loop.Carries ? size : size * loop.Length;
            }
        }
        for (var (i, start) = (0, 0); i < loop.Carries; i++)
        {
            Array.Copy(inputs[i].Data, 0, result.Data, start, inputs[i].Data.Length);
            start += inputs[i].Data.Length;
        }
        return result;
    }

    /// <summary>One position of a sequence.</summary>
    public static HostTensor Row(HostTensor sequence, Shape shape, int at)
    {
        var row = HostTensor.Zeros(sequence.DType, shape);
        Array.Copy(sequence.Data, at * shape.Size, row.Data, 0, shape.Size);
        return row;
    }
}
