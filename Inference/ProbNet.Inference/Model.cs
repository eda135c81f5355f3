using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference;

/// <summary>
/// A model ready for inference: everything about it is fixed but the number of data rows, since training sees a batch and prediction a chunk.
/// </summary>
/// <param name="Name">The model's name.</param>
/// <param name="Elaborate">The model graph for a number of rows. Pure; a few milliseconds.</param>
/// <param name="Observed">The names of the sample sites that data is bound to. All other sample sites are latent.</param>
/// <param name="Rows">The number of training rows, N; 1 where the model has no row dimension.</param>
public sealed record BoundModel(string Name, Func<int, ModelGraph> Elaborate, EqArray<string> Observed, int Rows)
{
    /// <summary>The guides written as programs for the model: name → the guide's graph for a number of rows, whose arguments are arguments and observed sites of the model.</summary>
    public IReadOnlyDictionary<string, Func<int, ModelGraph>> Guides { get; init; } = new Dictionary<string, Func<int, ModelGraph>>();

    /// <summary>Whether the site's value is known: it is bound to data or a likelihood term.</summary>
    public bool IsObserved(Site site) => site.Kind == SiteKind.Observe || Observed.Contains(site.Name);

    /// <summary>The model for a number of rows with its finite discrete latent sites summed out, or the diagnostics that say which cannot be and why.</summary>
    public Checked<Marginal> SumOut(int rows) => Marginal.Of(Elaborate(rows), IsObserved);

    /// <summary>The graph that inference works on: <see cref="Elaborate"/> without its finite discrete latent sites.</summary>
    /// <exception cref="DiagnosticException">A site cannot be summed out.</exception>
    internal ModelGraph ElaborateMarginal(int rows) => SumOut(rows).Required.Graph;
}

/// <summary>
/// Values for a model's arguments and observed sites, by name. Per-row values have all N rows on their leading axis;
/// real values are in the model's precision, class labels and counts in I64.
/// </summary>
/// <param name="Values">Name → value.</param>
/// <param name="Rows">The number of rows, N.</param>
public sealed record DataSet(IReadOnlyDictionary<string, HostTensor> Values, int Rows)
{
    /// <summary>The rows at these positions; values that are not per-row are kept.</summary>
    /// <param name="rows">Row positions.</param>
    /// <param name="perRow">The names of the per-row values.</param>
    public DataSet Select(ReadOnlySpan<int> rows, IReadOnlySet<string> perRow)
    {
        var chosen = rows.ToArray();
        return new(Values.ToDictionary(p => p.Key, p => perRow.Contains(p.Key) ? TakeRows(p.Value, chosen) : p.Value), chosen.Length);
    }

    private static HostTensor TakeRows(HostTensor value, int[] rows)
    {
        var width = value.Shape[1..].Size;
        var shape = value.Shape.With(0, rows.Length);
        var result = HostTensor.Zeros(value.DType, shape);
        for (var i = 0; i < rows.Length; i++) Array.Copy(value.Data, rows[i] * width, result.Data, i * width, width);
        return result;
    }
}
