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
internal sealed class Progress(Terminal terminal, int epochs)
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
            terminal.Err.Write(Fitting($"{Rewrite}{Bar(record.Epoch)} {Describe(record)}{Remaining(record.Epoch, now)}"));
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

    private string Describe(EpochRecord record)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"epoch {record.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.ToString(CultureInfo.InvariantCulture).Length)}/{epochs}"));
        text.Append("  elbo ").Append(Numbers.Short(record.Elbo)).Append("  kl ").Append(Numbers.Short(record.Kl));
        if (record.ValidationNll is { } nll) text.Append("  validation nll ").Append(Numbers.Short(nll));
        if (record.ValidationAccuracy is { } accuracy) text.Append("  accuracy ").Append(Numbers.Short(accuracy));
        return text.ToString();
    }

    private string Bar(int epoch)
    {
        var filled = Math.Clamp(BarWidth * epoch / Math.Max(1, epochs), 0, BarWidth);
        var (done, rest) = (new string('━', filled), new string('━', BarWidth - filled));
        return terminal.Colour ? $"\e[32m{done}\e[90m{rest}\e[0m" : done + new string(' ', BarWidth - filled);
    }

    private string Remaining(int epoch, TimeSpan elapsed)
    {
        var left = elapsed / Math.Max(1, epoch) * Math.Max(0, epochs - epoch);
        return elapsed < TimeSpan.FromSeconds(1) ? "" : $"  {Numbers.Duration(left.TotalMilliseconds)} left";
    }

    // A line that wraps could not be rewritten.
    private string Fitting(string line)
    {
        var (visible, at) = (0, 0);
        while (at < line.Length)
        {
            if (line[at] == '\e') at = line.IndexOfAny(['m', 'K'], at) + 1;
            else if (line[at] != '\r' && ++visible >= terminal.Width) return line[..at];
            else at++;
        }
        return line;
    }
}
