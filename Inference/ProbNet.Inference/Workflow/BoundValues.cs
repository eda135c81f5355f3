using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Workflow;

/// <summary>A model with values bound that are in memory already, as programs in C# have them; <see cref="BoundProgram"/> reads them from files.</summary>
/// <param name="Model">The model ready for inference.</param>
/// <param name="Data">The values as the model takes them.</param>
public sealed record BoundValues(BoundModel Model, DataSet Data)
{
    /// <summary>Binds values to a model's arguments and observed sites; sites without a value are latent.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">Name → value of exactly the declared shape, rows on the leading axis: F64 for numbers, I64 for labels and counts.</param>
    /// <param name="precision">The floating-point type to compute in.</param>
    /// <returns>The bound model with any warnings, or the diagnostics that say which value does not fit.</returns>
    public static Checked<BoundValues> Bind(CheckedModel model, IReadOnlyDictionary<string, HostTensor> values, DType precision)
    {
        var (binding, diagnostics) = DataBinder.Bind(model, values.Select(v => new BoundValue(v.Key, v.Value, null, model.Span)).ToEqArray(), precision);
        if (binding is null) return new(null, diagnostics);
        var bound = BoundProgram.Ready(model, binding.Sizes, binding.Rows, binding.Observed, precision);
        return new(new BoundValues(bound, new DataSet(binding.Values, bound.Rows)), diagnostics);
    }
}
