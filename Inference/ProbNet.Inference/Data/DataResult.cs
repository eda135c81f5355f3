using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>A value, or the diagnostics that say why there is none. Warnings may accompany a value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value, or null if there is an error among the diagnostics.</param>
/// <param name="Diagnostics">Errors and warnings.</param>
public sealed record DataResult<T>(T? Value, EqArray<Diagnostic> Diagnostics) where T : class
{
    /// <summary>The value.</summary>
    /// <exception cref="DiagnosticException">There is none.</exception>
    public T Required => Value ?? throw new DiagnosticException(Diagnostics);
}

/// <summary>Runs the inside of a stage, where diagnostics are thrown, and hands them out as values.</summary>
internal static class DataResult
{
    public static DataResult<T> Of<T>(Func<List<Diagnostic>, T> stage) where T : class
    {
        var found = new List<Diagnostic>();
        try
        {
            var value = stage(found);
            var failed = found.Exists(d => d.Code.Severity == Severity.Error);
            return new(failed ? null : value, found.ToEqArray());
        }
        catch (DiagnosticException e)
        {
            return new(null, [.. found, .. e.Diagnostics]);
        }
    }
}
