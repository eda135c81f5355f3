using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Cli.Output;

/// <summary>
/// The progress of a fit on the error stream: for a person at a terminal one line that is rewritten, otherwise a plain line at each tenth of the run and at least
/// every ten seconds.
/// </summary>
/// <param name="terminal">Where to.</param>
/// <param name="epochs">The number of epochs the run is to have.</param>
/// <param name="from">Those done before, in another process.</param>
internal sealed class Progress(Terminal terminal, int epochs, int from = 0)
{
    private const int BarWidth = 24;
    private const string Rewrite = "\r\e[2K";
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(80), Patience = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan? _last;
    private int _tenths;

    /// <summary>Tells of a record of the history.</summary>
    public void Report(EpochRecord record)
    {
        var now = _clock.Elapsed;
        if (terminal.ErrIsInteractive)
        {
            if (now - _last < Blink) return;
            _last = now;
            terminal.Err.Write(Line(record, now));
            return;
        }
        var tenths = 10 * record.Epoch / Math.Max(1, epochs);
        if (tenths <= _tenths && now - _last < Patience) return;
        (_tenths, _last) = (tenths, now);
        terminal.Err.WriteLine(Describe(record));
    }

    /// <summary>Ends the rewritten line.</summary>
    public void Done()
    {
        if (terminal.ErrIsInteractive && _last is not null) terminal.Err.Write(Rewrite);
    }

    private string Describe(EpochRecord record) => string.Join("  ", Parts(record));

    private IEnumerable<string> Parts(EpochRecord record)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"epoch {record.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.ToString(CultureInfo.InvariantCulture).Length)}/{epochs}");
        yield return $"elbo {Numbers.Short(record.Elbo)}";
        yield return $"kl {Numbers.Short(record.Kl)}";
        if (record.ValidationNll is { } nll) yield return $"validation nll {Numbers.Short(nll)}";
        if (record.ValidationAccuracy is { } accuracy) yield return $"accuracy {Numbers.Short(accuracy)}";
    }

    // What fits on the line: a line that wraps could not be rewritten.
    private string Line(EpochRecord record, TimeSpan elapsed)
    {
        var filled = Math.Clamp(BarWidth * record.Epoch / Math.Max(1, epochs), 0, BarWidth);
        var text = new StringBuilder();
        var left = elapsed / Math.Max(1, record.Epoch - from) * Math.Max(0, epochs - record.Epoch);
        var parts = Parts(record).ToList();
        if (elapsed > TimeSpan.FromSeconds(1)) parts.Insert(1, $"{Numbers.Duration(left.TotalMilliseconds)} left");
        foreach (var part in parts)
        {
            if (BarWidth + text.Length + 2 + part.Length >= terminal.Width) break;
            text.Append("  ").Append(part);
        }
        var (done, rest) = (new string('━', filled), BarWidth - filled);
        return $"{Rewrite}{(terminal.Colour ? $"\e[32m{done}\e[90m{new string('━', rest)}\e[0m" : done + new string(' ', rest))}{text}";
    }
}
