using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>Runs the inside of a stage, where diagnostics are thrown, and hands them out as values.</summary>
internal static class Stage
{
    /// <summary>What <paramref name="stage"/> returns, with the diagnostics it lists; no value if one of them is an error or one is thrown.</summary>
    public static Checked<T> Run<T>(Func<List<Diagnostic>, T> stage) where T : class
    {
        var found = new List<Diagnostic>();
        try
        {
            var value = stage(found);
            return new(found.Exists(d => d.Code.Severity == Severity.Error) ? null : value, found.ToEqArray());
        }
        catch (DiagnosticException e)
        {
            return new(null, [.. found, .. e.Diagnostics]);
        }
    }
}
