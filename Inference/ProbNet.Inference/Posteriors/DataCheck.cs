using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Posteriors;

/// <summary>Whether a data set has what a model needs, in the shapes and types it needs.</summary>
internal static class DataCheck
{
    /// <summary>What does not fit; empty if all does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data set.</param>
    /// <param name="requireObserved">Whether observed sites must have values, as for training.</param>
    public static EqArray<Diagnostic> Of(BoundModel model, DataSet data, bool requireObserved)
    {
        var graph = model.Elaborate(data.Rows);
        var found = new List<Diagnostic>();
        foreach (var argument in graph.Arguments) Check("argument", argument.Name, argument.Value, argument.Span, true);
        foreach (var site in graph.Sites.Where(s => s.Kind == SiteKind.Sample && model.IsObserved(s))) Check("observed site", site.Name, site.Value, site.Span, requireObserved);
        return found.ToEqArray();

        void Check(string what, string name, Tensor hole, SourceSpan span, bool isRequired)
        {
            if (!data.Values.TryGetValue(name, out var value))
            {
                if (isRequired) found.Add(new(InferenceCodes.DataMismatch, $"the data has no values for the {what} '{name}'", span));
            }
            else if (value.DType != hole.DType || value.Shape != hole.Shape)
            {
                found.Add(new(InferenceCodes.DataMismatch, $"the {what} '{name}' is {hole.DType.Name()}{hole.Shape}, but the data has {value.DType.Name()}{value.Shape}; data is never broadcast", span));
            }
        }
    }
}
