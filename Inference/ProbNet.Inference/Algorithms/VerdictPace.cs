using System.Diagnostics;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// When the verdict on the steps is read. Reading it costs nothing on a backend that computes before <c>Run</c> returns, so there it is after each step. Elsewhere reading waits for all steps in the queue;
/// there it is after more and more of them, as many as take a quarter of a second and at most 256, so that a fit that fails, or is stopped, ends soon. Results do not depend on it.
/// </summary>
internal sealed class VerdictPace(bool isAsynchronous)
{
    private const int Most = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(0.25);

    private int _interval = 1;
    private long _since;

    /// <summary>Steps since the verdict was read.</summary>
    public int Unread { get; private set; }

    /// <summary>Counts a step; whether the verdict is to be read now.</summary>
    public bool Count()
    {
        if (Unread++ == 0 && isAsynchronous) _since = Stopwatch.GetTimestamp();
        return !isAsynchronous || Unread >= _interval || Stopwatch.GetElapsedTime(_since) >= Longest;
    }

    /// <summary>The verdict has been read.</summary>
    public void Read()
    {
        if (isAsynchronous)
        {
            var fitting = Longest / Stopwatch.GetElapsedTime(_since) * Unread;
            // Steps that a record cut short say nothing against a longer interval.
            if (Unread >= _interval || fitting < _interval) _interval = (int)Math.Clamp(fitting, 1, Math.Min(Most, 2 * _interval));
        }
        Unread = 0;
    }
}
