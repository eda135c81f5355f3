using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Data;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Export;

/// <summary>Preprocessing as expressions: what <see cref="FittedBinding"/> makes of a file's cells, made of tensors of raw columns.</summary>
internal static class RawColumns
{
    /// <summary>The columns of a binding, as a program takes them.</summary>
    /// <param name="binding">The binding.</param>
    /// <param name="value">The model's value that it fills, rows on the leading axis.</param>
    public static RawInput Describe(FittedBinding binding, Tensor value) => new(
        binding.Name, binding.Columns.Map(c => c.ToString()), binding.Kind == BindingKind.Columns ? Inner(binding, value) : [], IsInteger(binding),
        binding.Kind == BindingKind.Labels ? binding.Classes.Count : IsInteger(binding) ? binding.UpperBound : null, binding.Classes, Words(binding));

    /// <summary>The input of raw columns, [rows, columns].</summary>
    public static Tensor Input(FittedBinding binding, int rows) => TensorMath.Input("raw." + binding.Name, IsInteger(binding) ? DType.I64 : DType.F64, [rows, binding.Columns.Count]);

    /// <summary>The model's value: rescaled in double precision, as when a file is read, then in the model's type and shape.</summary>
    public static Tensor Encode(FittedBinding binding, Tensor raw, Tensor value)
    {
        if (binding.Kind == BindingKind.Labels && value.Rank == 2) return Composite.OneHot(Squeeze(raw, 1), value.Shape[1], value.DType);
        var rescaled = binding.Threshold is { } least ? Convert(LessEqual(Full(DType.F64, raw.Shape, least), raw), DType.I64)
            : IsInteger(binding) || binding.Scales.All(s => s == Affine.Identity) ? raw
            : (raw - Row(binding, s => s.Offset)) / Row(binding, s => s.Scale);
        return Reshape(Convert(rescaled, value.DType), value.Shape);
    }

    private static bool IsInteger(FittedBinding binding) => binding.Kind == BindingKind.Labels || (binding.IsInteger && binding.Threshold is null);

    private static Shape Inner(FittedBinding binding, Tensor value) =>
        value.Rank > 1 && value.Shape[1..].Size == binding.Columns.Count ? value.Shape[1..] : [binding.Columns.Count];

    private static Tensor Row(FittedBinding binding, Func<Affine, double> part) => Constant(HostTensor.Of([binding.Scales.Count], [.. binding.Scales.Select(part)]));

    private static string Words(FittedBinding binding) => binding.Transformation switch
    {
        Transformation.MinMax => "(x - offset) / scale: minmax",
        Transformation.Standardize => "(x - offset) / scale: standardize",
        Transformation.AtLeast => $"1 where x >= {binding.Threshold?.ToString("R", CultureInfo.InvariantCulture)}, else 0",
        Transformation.None => binding.Kind == BindingKind.Labels ? "ids of the classes, from 0" : "none",
    };
}
