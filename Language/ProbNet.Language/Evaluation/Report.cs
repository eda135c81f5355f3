using System.Collections.Immutable;
using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>A function application that is being evaluated: which function, where it was applied, and where it is declared (no source for builtins).</summary>
internal readonly record struct Frame(string Function, SourceSpan Call, SourceSpan Declared);

/// <summary>Collects diagnostics. What is found inside the prelude is reported where the user's program called into it.</summary>
/// <param name="warns">Whether warnings are wanted.</param>
internal sealed class Report(bool warns = false)
{
    private readonly List<Diagnostic> _diagnostics = [], _warnings = [];
    private readonly HashSet<(string, SourceSpan)> _seen = [];
    private readonly HashSet<SourceSpan> _called = [];

    /// <summary>The applications around the expression being evaluated, innermost last.</summary>
    public ImmutableList<Frame> Frames { get; set; } = [];

    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>Reports a fault and gives the value that absorbs what would follow from it. One report for a code and place.</summary>
    public Value.Unknown Fail(DiagnosticCode code, SourceSpan span, string message, string? hint = null, params EqArray<DiagnosticNote> notes)
    {
        var place = UserPlace(span);
        // What follows inside the library from one wrong call is told once.
        if (place != span && !_called.Add(place)) return Value.Unknown.It;
        if (!_seen.Add((code.Id, place))) return Value.Unknown.It;
        _diagnostics.Add(new Diagnostic(code, message, place) { Hint = hint, Notes = Context(span, place, notes) });
        return Value.Unknown.It;
    }

    /// <summary>What is probably not meant, in the order met. A program with warnings alone can run.</summary>
    public IReadOnlyList<Diagnostic> Warnings => _warnings;

    /// <summary>Whether warnings are wanted.</summary>
    public bool Warns => warns;

    /// <summary>Reports what is probably not meant. One report for a code and place.</summary>
    public void Warn(DiagnosticCode code, SourceSpan span, string message, string? hint = null, params EqArray<DiagnosticNote> notes)
    {
        if (!warns) return;
        var place = UserPlace(span);
        if (_seen.Add((code.Id, place))) _warnings.Add(new Diagnostic(code, message, place) { Hint = hint, Notes = Context(span, place, notes) });
    }

    /// <summary>The innermost place in the user's own source.</summary>
    public SourceSpan UserPlace(SourceSpan span)
    {
        if (!IsLibrary(span)) return span;
        for (var i = Frames.Count - 1; i >= 0; i--)
        {
            if (!IsLibrary(Frames[i].Call)) return Frames[i].Call;
        }
        return span;
    }

    private EqArray<DiagnosticNote> Context(SourceSpan span, SourceSpan place, EqArray<DiagnosticNote> notes)
    {
        var all = notes.ToList();
        // Builtins have no source, so they are not places a reader could look at.
        var written = Frames.Where(f => f.Declared.Source is not null).ToList();
        if (place != span) all.Add(new DiagnosticNote(written.Count == 0 ? "in the library" : $"inside {Heading(written[^1])}, a library function", span));
        var caller = written.FindLast(f => !IsLibrary(f.Call) && f.Call != place && f.Call != f.Declared);
        if (caller.Call.Source is not null) all.Add(new DiagnosticNote($"'{caller.Function}' is used here", caller.Call));
        return all.ToEqArray();
    }

    // A function with its parameters, as it is defined.
    private static string Heading(Frame frame)
    {
        var text = frame.Declared.Source!.Text[frame.Declared.Start..frame.Declared.End];
        var parameters = text.IndexOf('=') is > 0 and var end && !text[..end].Contains('\n') ? text[..end].Trim() : "";
        return parameters.StartsWith(frame.Function + " ", StringComparison.Ordinal) ? $"'{parameters}'" : $"'{frame.Function}'";
    }

    /// <summary>Whether a place is in the library and not in a user's program.</summary>
    public static bool IsLibrary(SourceSpan span) => span.Source is { } source && Prelude.IsPrelude(source);
}
