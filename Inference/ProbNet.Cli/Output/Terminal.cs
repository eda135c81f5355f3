namespace ProbNet.Cli.Output;

/// <summary>Where a command writes: results to <see cref="Out"/>, progress and messages to <see cref="Err"/>.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Err">Standard error.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Err)
{
    /// <summary>Whether a person reads <see cref="Out"/> as it is written.</summary>
    public bool OutIsInteractive { get; init; }

    /// <summary>Whether a person reads <see cref="Err"/> as it is written, so that a line may be rewritten.</summary>
    public bool ErrIsInteractive { get; init; }

    /// <summary>Whether interactive output may use colours.</summary>
    public bool Colour { get; init; }

    /// <summary>Columns of a line of interactive output.</summary>
    public int Width { get; init; } = 100;

    /// <summary>The process's own terminal. Colours follow the NO_COLOR and TERM=dumb conventions.</summary>
    public static Terminal OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new(Console.Out, Console.Error)
        {
            OutIsInteractive = !Console.IsOutputRedirected && !dumb,
            ErrIsInteractive = !Console.IsErrorRedirected && !dumb,
            Colour = !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = Console.IsOutputRedirected ? 100 : Math.Clamp(ConsoleWidth(), 40, 160),
        };
    }

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 100;
        }
        catch (IOException)
        {
            return 100;
        }
    }
}
