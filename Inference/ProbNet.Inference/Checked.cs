using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference;

/// <summary>A value, or the diagnostics that say why there is none. Warnings may accompany a value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value, or null if there is an error among the diagnostics.</param>
/// <param name="Diagnostics">Errors and warnings.</param>
public sealed record Checked<T>(T? Value, EqArray<Diagnostic> Diagnostics) where T : class
{
    /// <summary>The value without any message.</summary>
    public static implicit operator Checked<T>(T value) => new(value, []);

    /// <summary>The value.</summary>
    /// <exception cref="DiagnosticException">There is none.</exception>
    public T Required => Value ?? throw new DiagnosticException(Diagnostics);
}
