using ProbNet.Graph;

namespace ProbNet.Language;

/// <summary>How bad it is.</summary>
public enum Severity
{
    /// <summary>The program cannot run.</summary>
    Error,
    /// <summary>It can, but probably does not say what is meant.</summary>
    Warning,
}

/// <summary>A message about the user's program or data, as a value; <see cref="DiagnosticRenderer"/> turns it into text.</summary>
/// <param name="Code">The code's row in <see cref="DiagnosticCodes"/>, e.g. <c>PN0301</c>.</param>
/// <param name="Message">One sentence: what is wrong, naming the thing.</param>
/// <param name="Span">The primary place, underlined.</param>
public sealed record Diagnostic(DiagnosticCode Code, string Message, SourceSpan Span)
{
    /// <summary>Further facts with their places, e.g. where each dimension came from.</summary>
    public EqArray<DiagnosticNote> Notes { get; init; } = [];

    /// <summary>What to do, or null.</summary>
    public string? Hint { get; init; }
}

/// <summary>A fact that helps to understand a diagnostic, and the place it stands at (a span without source for none).</summary>
public sealed record DiagnosticNote(string Message, SourceSpan Span);

/// <summary>A diagnostic code with what it means in general.</summary>
/// <param name="Id"><c>PN</c> and four digits. 01 layout and lexing, 02 syntax, 03 names and types, 04 shapes, 05 models and plates, 06 data, 07 inference options, 09 warnings.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Title">What it means in general, a few words.</param>
public sealed record DiagnosticCode(string Id, Severity Severity, string Title);

/// <summary>Carries diagnostics out of a stage that cannot go on; caught at the stage's entry point, never by users.</summary>
public sealed class DiagnosticException(params EqArray<Diagnostic> diagnostics) : Exception(diagnostics.IsEmpty ? "" : diagnostics[0].Message)
{
    /// <summary>The diagnostics, at least one.</summary>
    public EqArray<Diagnostic> Diagnostics { get; } = diagnostics;
}
