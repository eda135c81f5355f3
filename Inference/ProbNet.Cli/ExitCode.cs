using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;
using ProbNet.Language.Types;

namespace ProbNet.Cli;

/// <summary>The exit codes of <c>probnet</c>.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The program has errors.</summary>
    public const int Diagnostics = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A data file or a run folder is missing, damaged or does not fit.</summary>
    public const int Data = 3;

    /// <summary>A number that is not finite ended the fit.</summary>
    public const int Numerical = 4;

    /// <summary>A device failed while it computed (EX_UNAVAILABLE of sysexits.h).</summary>
    public const int Device = 69;

    /// <summary>A fault of ProbNet itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Bug = 70;

    /// <summary>The output cannot be written (EX_IOERR of sysexits.h).</summary>
    public const int InputOutput = 74;

    /// <summary>Ended by Ctrl-C, as shells report it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Whoever read the output has gone: 128 + SIGPIPE.</summary>
    public const int BrokenPipe = 141;

    private static readonly HashSet<DiagnosticCode> AboutData =
    [
        .. DataCodes.All.Where(c => string.CompareOrdinal(c.Id, DataCodes.Unreadable.Id) >= 0),
        CheckerCodes.DataType, CheckerCodes.DataSupport,
    ];

    /// <summary>The code that errors end with: <see cref="Data"/> if all of them are about what a file holds, else <see cref="Diagnostics"/>.</summary>
    public static int Of(EqArray<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Where(d => d.Code.Severity == Severity.Error).ToList();
        return errors.Count == 0 ? Ok : errors.TrueForAll(d => AboutData.Contains(d.Code)) ? Data : Diagnostics;
    }
}
